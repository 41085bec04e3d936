import type { Catalogue, ObjectSignal, Signal, SlimObject } from '@kubesift/contracts'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'
import type { Settled } from './settled.ts'
import type { TooLateByKind } from './too-late.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const LATENESS = 2 * MINUTE
export const AT = Date.UTC(2026, 10, 21, 1)
export const SOURCE = { topic: 'otel-logs', partition: 0 }

export const problem = (
  name: string,
  more: Partial<Catalogue['problems'][number]> = {},
): Catalogue['problems'][number] => ({
  problem: name,
  severity: 'P3',
  title: '{owner}',
  events: [{ reason: [name] }],
  states: [],
  absorbs: [],
  opens: { count: 1 },
  recovery: 'none',
  stability: MINUTE,
  ttl: HOUR,
  ...more,
})

export const classifier = new Classifier({
  problems: [
    problem('Crash', { absorbs: ['Probe', 'Pull'], opens: { count: 2 } }),
    problem('Pull', { absorbs: ['Crash', 'Probe'], ttl: 30 * MINUTE }),
    problem('Probe', { opens: { count: 3 }, ttl: 2 * HOUR }),
    problem('NotReady', {
      states: [{ state: 'condition', kind: ['Node'], value: ['Ready=False'] }],
      recovery: 'node',
      stability: 5 * MINUTE,
    }),
  ],
  ignore: [],
  hash: 'test',
})

/** What happened at one moment. */
export interface Happened {
  readonly at: number
  readonly signal: (offset: number) => Signal
}

export const occurred = (
  at: number,
  {
    reason,
    object,
    uid,
    n,
    firstAt,
    series,
    madeAt,
  }: {
    readonly reason: string
    readonly object: string
    readonly uid: string
    readonly n: number
    readonly firstAt: number
    readonly series?: string
    readonly madeAt?: number | undefined
  },
): Happened => {
  const [kind = '', name = ''] = object.split('/')
  return {
    at,
    signal: (offset) => ({
      t: 'event',
      event: {
        uid,
        involved: { kind, namespace: 'n', name },
        reason,
        type: 'Warning',
        // Its burst fills up again before anything is let go: what was retired does not weigh on a recorder any more.
        component: uid,
        message: `${reason} of ${name}`,
        firstAt,
        ...(series === undefined ? {} : { series }),
        ...(madeAt === undefined ? {} : { madeAt }),
      },
      tellings: [{ n, at, offset, repeats: 1 }],
    }),
  }
}

export const node = (at: number, ready: boolean, deleted = false): Happened => {
  const object: SlimObject = {
    uid: 'node-uid',
    kind: 'Node',
    apiVersion: 'v1',
    namespace: 'n',
    name: 'node1',
    rv: String(at),
    labels: {},
    annotations: {},
    owners: [],
    createdAt: AT - HOUR,
    conditions: { Ready: { status: ready ? 'True' : 'False', at, reason: 'Kubelet' } },
  }
  return {
    at,
    signal: (offset): ObjectSignal => ({
      t: 'object',
      object,
      observedAt: at,
      offsets: [offset],
      repeats: 1,
      ...(deleted ? { deleted } : {}),
    }),
  }
}

/** The order in which they are read: none comes later than allowed, and some come twice. */
export const readAs = (happened: readonly Happened[], jitter: readonly number[]): Happened[] =>
  happened
    .flatMap((h, i) => {
      const late = (jitter[i % jitter.length]! / 100) * LATENESS
      const again = jitter[(i + 1) % jitter.length]! > 80
      return [{ h, at: h.at + late }, ...(again ? [{ h, at: h.at + LATENESS - late }] : [])]
    })
    .sort((a, b) => a.at - b.at)
    .map(({ h }) => h)

const said = (context: Settled['contexts'][number]) => ({
  key: context.key,
  owner: [context.owner.kind, context.owner.name],
  counts: [context.occurrenceCount, context.countQuality],
  reasons: context.reasons.map(({ message: _message, ...reason }) => reason),
  seen: [context.firstSeenAt, context.lastSeenAt],
  objects: [context.objectsTotal, context.objects.map(({ name }) => name).sort()],
  spells: context.spells,
  movedTo: context.movedTo,
})

/** A machine with what is stored of it, which can be killed. */
export class Run {
  readonly #afterMs: number
  readonly #classifier: Classifier
  readonly fields = new Map<string, string>()
  readonly said = new Map<string, ReturnType<typeof said>>()
  chunks: Signal[] = []
  machine: NamespaceMachine
  letGo = 0
  folded = 0
  late: TooLateByKind = {}

  constructor(afterMs: number, by: Classifier = classifier) {
    this.#afterMs = afterMs
    this.#classifier = by
    this.machine = new NamespaceMachine('c', 'n', by, afterMs)
  }

  apply(signal: Signal): void {
    this.machine.apply(signal, SOURCE)
    this.chunks.push(signal)
  }

  /** Settles and stores; killed before it published, it starts again from what is stored. */
  settle(
    watermark: number | null,
    killed: boolean,
    save: boolean,
    gaps: readonly (readonly [number, number])[] = [],
  ): void {
    const before = this.machine.size.events
    const { contexts, fields, late, cold } = this.machine.settle(watermark, gaps)
    this.letGo += Math.max(0, before - this.machine.size.events)
    this.late = late ?? this.late
    const stored = new Map(fields)
    if (this.machine.mustSave || save) {
      for (const [name, value] of this.machine.snapshot()) stored.set(name, value)
      this.chunks = []
    }
    for (const [name, value] of stored) {
      if (value === '') this.fields.delete(name)
      else this.fields.set(name, value)
    }
    if (cold !== undefined) this.#fold(cold)
    if (!killed && cold === undefined) return this.#publish(contexts)
    this.machine = new NamespaceMachine('c', 'n', this.#classifier, this.#afterMs)
    this.machine.load(this.fields, [{ source: SOURCE, signals: this.chunks }])
    this.#publish(this.machine.republish(watermark, gaps))
  }

  /** All that is stored is what is left, and the machine is gone until something comes. */
  #fold(cold: Map<string, string>): void {
    this.folded += 1
    this.fields.clear()
    for (const [name, value] of cold) this.fields.set(name, value)
    this.chunks = []
  }

  /** What is not under another key now: which keys were told before depends on what was read first. */
  standing(): unknown {
    return Object.fromEntries([...this.said].filter(([, { movedTo }]) => movedTo === undefined))
  }

  #publish(contexts: Settled['contexts']): void {
    for (const context of contexts) this.said.set(context.key, said(context))
  }
}

export const run = (
  afterMs: number,
  read: readonly Happened[],
  dice: readonly number[] = [50],
  {
    by = classifier,
    silences = [],
  }: {
    readonly by?: Classifier
    /** When nothing was heard; known once something has come after it. */
    readonly silences?: readonly (readonly [number, number])[]
  } = {},
): Run => {
  const result = new Run(afterMs, by)
  const settle = (watermark: number, killed: boolean, save: boolean): void => {
    const gaps = silences.filter(([, to]) => to <= watermark)
    result.settle(watermark, killed, save, gaps)
  }
  let newest = -Infinity
  for (const [i, { at, signal }] of read.entries()) {
    const throws = dice[i % dice.length]!
    result.apply(signal(i))
    newest = Math.max(newest, at)
    // No watermark while something that is before it may still come.
    if (throws > 30) settle(newest - LATENESS, throws > 90, throws % 7 === 0)
  }
  for (const hours of [1, 2, 3, 4, 8, 12, 24, 48, 240])
    settle(newest + hours * HOUR, dice[0]! % 2 === 0, false)
  return result
}
