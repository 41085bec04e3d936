import type { Catalogue, ObjectSignal, Signal, SlimObject } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { NamespaceMachine, type Settled } from './machine.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'
import { enter, type TooLateByKind } from './too-late.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const LATENESS = 2 * MINUTE
const AT = Date.UTC(2026, 10, 21, 1)
const SOURCE = { topic: 'otel-logs', partition: 0 }

const problem = (
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

const classifier = new Classifier({
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
interface Happened {
  readonly at: number
  readonly signal: (offset: number) => Signal
}

const occurred = (
  at: number,
  {
    reason,
    object,
    uid,
    n,
    firstAt,
  }: {
    readonly reason: string
    readonly object: string
    readonly uid: string
    readonly n: number
    readonly firstAt: number
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
      },
      tellings: [{ n, at, offset, repeats: 1 }],
    }),
  }
}

const node = (at: number, ready: boolean, deleted = false): Happened => {
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

interface Episode {
  readonly afterMin: number
  readonly object: string
  readonly reason: string
  readonly uids: number
  readonly repeats: number
  readonly everyMin: number
}

const episode: fc.Arbitrary<Episode> = fc.record({
  afterMin: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 900 })),
  object: fc.constantFrom('Deployment/web', 'Deployment/api', 'Pod/web-5d4f8c9b7d-x2x4z'),
  reason: fc.constantFrom('Crash', 'Pull', 'Probe', 'NotReady'),
  uids: fc.integer({ min: 1, max: 3 }),
  repeats: fc.integer({ min: 1, max: 4 }),
  everyMin: fc.integer({ min: 1, max: 20 }),
})

/** Episodes one after the other, over days; every third or so with a Node that was not ready. */
const happenedIn = (episodes: readonly Episode[]): Happened[] => {
  let start = AT
  return episodes.flatMap(({ afterMin, object, reason, uids, repeats, everyMin }, e) => {
    start += afterMin * MINUTE
    const begin = start
    const events = Array.from({ length: uids * repeats }, (_, i) => {
      const [u, r] = [i % uids, Math.floor(i / uids)]
      const firstAt = begin + u * 7_000
      const uid = `${e}-${u}`
      return occurred(firstAt + r * everyMin * MINUTE, { reason, object, uid, n: r + 1, firstAt })
    })
    const down = e % 3 === 0 ? [node(begin, false), node(begin + 4 * MINUTE, true)] : []
    return [...events, ...down]
  })
}

/** The order in which they are read: none comes later than allowed, and some come twice. */
const readAs = (happened: readonly Happened[], jitter: readonly number[]): Happened[] =>
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
  reasons: context.reasons.map(({ message: _, ...reason }) => reason),
  seen: [context.firstSeenAt, context.lastSeenAt],
  objects: [context.objectsTotal, context.objects.map(({ name }) => name).sort()],
  spells: context.spells,
  movedTo: context.movedTo,
})

/** A machine with what is stored of it, which can be killed. */
class Run {
  readonly #afterMs: number
  readonly fields = new Map<string, string>()
  readonly said = new Map<string, ReturnType<typeof said>>()
  chunks: Signal[] = []
  machine: NamespaceMachine
  letGo = 0
  late: TooLateByKind = {}

  constructor(afterMs: number) {
    this.#afterMs = afterMs
    this.machine = new NamespaceMachine('c', 'n', classifier, afterMs)
  }

  apply(signal: Signal): void {
    this.machine.apply(signal, SOURCE)
    this.chunks.push(signal)
  }

  /** Settles and stores; killed before it published, it starts again from what is stored. */
  settle(watermark: number | null, killed: boolean, save: boolean): void {
    const before = this.machine.size.events
    const { contexts, fields, late } = this.machine.settle(watermark, [])
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
    if (!killed) return this.#publish(contexts)
    this.machine = new NamespaceMachine('c', 'n', classifier, this.#afterMs)
    this.machine.load(this.fields, [{ source: SOURCE, signals: this.chunks }])
    this.#publish(this.machine.republish(watermark, []))
  }

  /** What is not under another key now: which keys were told before depends on what was read first. */
  standing(): unknown {
    return Object.fromEntries([...this.said].filter(([, { movedTo }]) => movedTo === undefined))
  }

  #publish(contexts: Settled['contexts']): void {
    for (const context of contexts) this.said.set(context.key, said(context))
  }
}

const run = (afterMs: number, read: readonly Happened[], dice: readonly number[] = [50]): Run => {
  const result = new Run(afterMs)
  let newest = -Infinity
  for (const [i, { at, signal }] of read.entries()) {
    const throws = dice[i % dice.length]!
    result.apply(signal(i))
    newest = Math.max(newest, at)
    // No watermark while something that is before it may still come.
    if (throws > 30) result.settle(newest - LATENESS, throws > 90, throws % 7 === 0)
  }
  for (const hours of [1, 2, 3, 4, 8, 12, 24, 48, 240])
    result.settle(newest + hours * HOUR, dice[0]! % 2 === 0, false)
  return result
}

const numbers = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 12 })

describe('facts that are settled', () => {
  test('are let go at any time, in any order, with repeats and crashes: what is said is the same', () => {
    let letGo = 0
    fc.assert(
      fc.property(
        fc.array(episode, { minLength: 1, maxLength: 12 }),
        numbers,
        numbers,
        (episodes, jitter, dice) => {
          const read = readAs(happenedIn(episodes), jitter)
          const never = run(Infinity, read, dice)
          const retiring = run(RETIRE_AFTER_MS, read, dice)
          letGo += retiring.letGo
          expect(retiring.late).toEqual({})
          expect(retiring.machine.size.events).toBe(0)
          expect(Object.fromEntries(retiring.said)).toEqual(Object.fromEntries(never.said))
          const inOrder = run(RETIRE_AFTER_MS, readAs(happenedIn(episodes), [0]))
          expect(inOrder.standing()).toEqual(retiring.standing())
        },
      ),
      { numRuns: 300 },
    )
    expect(letGo).toBeGreaterThan(1_000)
  }, 60_000)
})

const one = (n: number, at: number, more: { uid?: string; object?: string } = {}): Signal =>
  occurred(at, {
    reason: 'Pull',
    object: 'Deployment/web',
    uid: 'u',
    n,
    firstAt: AT,
    ...more,
  }).signal(n)

describe('an owner that is settled', () => {
  const settled = (): Run => {
    const result = new Run(RETIRE_AFTER_MS)
    for (const n of [1, 2, 3]) result.apply(one(n, AT + n * MINUTE))
    result.settle(AT, false, false)
    for (const hours of [1, 2, 3, 4, 5]) result.settle(AT + hours * HOUR, false, false)
    return result
  }
  const key = 'c/n/Deployment/web/Pull'

  test('has no fact left, in memory or stored, but its sum', () => {
    const { machine, fields, chunks } = settled()
    expect(machine.size.events).toBe(0)
    expect([...fields.keys()].filter((name) => name.startsWith('e:'))).toEqual([])
    expect([...fields.keys()]).toContain('r:Deployment/web')
    expect(chunks).toEqual([])
    expect(machine.nextDecisionAt()).toBeNull()
  })

  test('goes on counting from its sum when there is new trouble', () => {
    const result = settled()
    result.apply(one(1, AT + 9 * HOUR, { uid: 'v' }))
    result.settle(AT + 9 * HOUR, true, false)
    expect(result.said.get(key)).toMatchObject({ counts: [4, 'exact'] })
  })

  test('enters what tells of before as too late, once, also over a crash', () => {
    const result = settled()
    for (const signal of [one(3, AT + 3 * MINUTE), one(7, AT + 2 * MINUTE, { uid: 'w' })]) {
      result.apply(signal)
      result.settle(null, true, false)
    }
    expect(result.late).toEqual({
      Deployment: { records: 2, occurrences: 10, newestAt: AT + 3 * MINUTE },
    })
    expect(result.said.get(key)).toMatchObject({ counts: [3, 'exact'] })
    const reloaded = new NamespaceMachine('c', 'n', classifier, RETIRE_AFTER_MS)
    reloaded.load(result.fields, [{ source: SOURCE, signals: result.chunks }])
    expect(reloaded.size.events).toBe(0)
  })

  test('keeps its facts while it goes on', () => {
    const result = new Run(RETIRE_AFTER_MS)
    result.apply(node(AT, false).signal(1))
    result.apply(
      occurred(AT, {
        reason: 'NotReady',
        object: 'Node/node1',
        uid: 'u',
        n: 1,
        firstAt: AT,
      }).signal(2),
    )
    for (const hours of [1, 10, 100]) result.settle(AT + hours * HOUR, hours === 10, false)
    expect(result.machine.size.events).toBe(1)
  })

  test('lets an object go that is gone for long', () => {
    const result = new Run(RETIRE_AFTER_MS)
    result.apply(node(AT, true).signal(1))
    result.apply(node(AT + 1, true, true).signal(2))
    for (const hours of [1, 2, 5]) result.settle(AT + hours * HOUR, false, false)
    expect(result.machine.size.objects).toBe(0)
    expect([...result.fields.keys()].filter((name) => name.startsWith('o:'))).toEqual([])
  })
})

describe('the ledger of what came too late', () => {
  test('has some twenty kinds at most, and takes any name', () => {
    let ledger: TooLateByKind = {}
    for (const kind of [
      '__proto__',
      'constructor',
      ...Array.from({ length: 50 }, (_, i) => `K${i}`),
    ])
      ledger = enter(ledger, kind, { occurrences: 2, at: AT })
    expect(Object.keys(ledger)).toHaveLength(21)
    expect(ledger['(others)']).toEqual({ records: 32, occurrences: 64, newestAt: AT })
    expect(Object.getOwnPropertyDescriptor(ledger, '__proto__')?.value).toMatchObject({
      records: 1,
    })
  })
})
