import type {
  EventHead,
  EventSignal,
  Hearing,
  ObjectRef,
  ObjectSignal,
  PatternSignal,
  Signal,
  SignalChunk,
  SourcePartition,
  Telling,
  UnclassifiedSignal,
} from '@kubesift/contracts'

const NAMED_OFFSETS = 8
/** Exact repeats of an Event follow each other closely: the receiver drops `series`, or a watch was begun again. */
const LOOKED_BACK = 4
/** Of an Event that is told under another head each time so many are compared; what is not folded is joined later. */
const MAX_HEADS = 16
/** So many tellings of one Event make one signal, so that no signal outgrows its chunk. */
const MAX_TELLINGS = 1_000

type Other = ObjectSignal | UnclassifiedSignal
type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** What makes two signals say exactly the same; offsets and repeats aside. */
const samenessOf = (signal: Other): string =>
  signal.t === 'object'
    ? `o ${signal.object.rv} ${signal.deleted ?? ''} ${signal.observedAt} ${signal.object.uid}`
    : `u ${signal.offsets[0] ?? ''} ${signal.why}`

const isSameRef = (a: ObjectRef, b: ObjectRef): boolean =>
  a.uid === b.uid &&
  a.name === b.name &&
  a.namespace === b.namespace &&
  a.kind === b.kind &&
  a.apiVersion === b.apiVersion &&
  a.fieldPath === b.fieldPath

/** What makes two heads the same Event told again: everything, since the second is not looked at. */
const isSameHead = (a: EventHead, b: EventHead): boolean =>
  a.message === b.message &&
  a.reason === b.reason &&
  a.type === b.type &&
  a.uid === b.uid &&
  a.firstAt === b.firstAt &&
  a.component === b.component &&
  a.host === b.host &&
  a.combined === b.combined &&
  a.seriesDropped === b.seriesDropped &&
  a.series === b.series &&
  a.madeAt === b.madeAt &&
  isSameRef(a.involved, b.involved)

interface Open {
  readonly cluster: string
  readonly namespace: string
  readonly signals: Signal[]
  /** By UID, with the heads under which each was told. */
  readonly events: Map<string, EventSignal[]>
  readonly others: Map<string, number>
  readonly patterns: Map<string, PatternSignal>
}

/** Collects the signals of one input batch into chunks per namespace, folding exact repeats. */
export class ChunkBuilder {
  readonly #open = new Map<string, Open>()
  /** Exact repeats that were folded. */
  folded = 0

  add(cluster: string, namespace: string, signal: Signal): void {
    const place = this.#place(cluster, namespace)
    switch (signal.t) {
      case 'event':
        return this.#addEvent(place, signal)
      case 'pattern':
        return this.#addPattern(place, signal)
      case 'object':
      case 'unclassified':
        return this.#addOther(place, signal)
      case 'again':
      case 'alert':
      case 'cost':
      case 'metric':
      case 'release':
        place.signals.push(signal)
    }
  }

  #addEvent(place: Open, signal: EventSignal): void {
    const { uid } = signal.event
    const told = place.events.get(uid)
    let known = told?.find(({ event }) => isSameHead(event, signal.event))
    if (known === undefined) {
      known = { ...signal, tellings: [] }
      if (told === undefined) place.events.set(uid, [known])
      else if (told.push(known) > MAX_HEADS) told.shift()
      place.signals.push(known)
    }
    for (const telling of signal.tellings) this.#tell(known.tellings, { ...telling })
  }

  /** Of one pattern each raw record is one hearing, whole: what it is counted by must not be torn apart. */
  #addPattern({ signals, patterns }: Open, signal: PatternSignal): void {
    const known = patterns.get(signal.pattern.id)
    if (known === undefined) {
      const first = { ...signal, heard: signal.heard.map((hearing) => ({ ...hearing })) }
      patterns.set(signal.pattern.id, first)
      signals.push(first)
      return
    }
    for (const hearing of signal.heard) {
      const last = known.heard.at(-1) as Writable<Hearing>
      if (hearing.at >= last.at) (known as Writable<PatternSignal>).example = signal.example
      if (last.offset === hearing.offset) {
        last.n += hearing.n
        last.from = Math.min(last.from, hearing.from)
        last.at = Math.max(last.at, hearing.at)
      } else known.heard.push({ ...hearing })
    }
  }

  #tell(tellings: Telling[], telling: Telling): void {
    const oldest = Math.max(0, tellings.length - LOOKED_BACK)
    for (let i = tellings.length - 1; i >= oldest; i--) {
      const before = tellings[i] as Writable<Telling>
      if (before.n !== telling.n || before.at !== telling.at) continue
      this.folded++
      before.repeats += telling.repeats
      before.lastOffset = telling.lastOffset ?? telling.offset
      return
    }
    tellings.push(telling)
  }

  #place(cluster: string, namespace: string): Open {
    const id = `${cluster.length} ${cluster}${namespace}`
    let open = this.#open.get(id)
    if (open === undefined) {
      open = {
        cluster,
        namespace,
        signals: [],
        events: new Map(),
        others: new Map(),
        patterns: new Map(),
      }
      this.#open.set(id, open)
    }
    return open
  }

  #addOther({ signals, others }: Open, signal: Other): void {
    const same = samenessOf(signal)
    const at = others.get(same)
    const before = at === undefined ? undefined : (signals[at] as Other)
    if (at === undefined || before === undefined) {
      others.set(same, signals.length)
      signals.push(signal)
      return
    }
    this.folded++
    signals[at] = {
      ...before,
      repeats: before.repeats + signal.repeats,
      offsets: [...before.offsets, ...signal.offsets].slice(0, NAMED_OFFSETS),
    }
  }

  /** The chunks, none with more than about `maxBytes` (unless a single signal has) and none empty. */
  build(source: SourcePartition, maxBytes: number): SignalChunk[] {
    return [...this.#open.values()].flatMap(({ cluster, namespace, signals }) =>
      slices(signals.flatMap(bounded), maxBytes).map((slice) => ({
        kind: 'chunk' as const,
        cluster,
        namespace,
        source,
        signals: slice,
      })),
    )
  }
}

const bounded = (signal: Signal): Signal[] => {
  if (!('tellings' in signal) || signal.tellings.length <= MAX_TELLINGS) return [signal]
  const parts = Math.ceil(signal.tellings.length / MAX_TELLINGS)
  return Array.from({ length: parts }, (_, i) => ({
    ...signal,
    tellings: signal.tellings.slice(i * MAX_TELLINGS, (i + 1) * MAX_TELLINGS),
  }))
}

const HEAD_BYTES = 400
const TELLING_BYTES = 80

/** An estimate is enough: the producer splits by true size again. Objects are the large ones. */
const sizeOf = (signal: Signal): number => {
  if (!('tellings' in signal)) return JSON.stringify(signal).length
  const head = signal.t === 'event' ? HEAD_BYTES + signal.event.message.length : 0
  return head + TELLING_BYTES * signal.tellings.length
}

const slices = (signals: readonly Signal[], maxBytes: number): Signal[][] => {
  const out: Signal[][] = []
  let slice: Signal[] = []
  let bytes = 0
  for (const signal of signals) {
    const size = sizeOf(signal)
    if (slice.length > 0 && bytes + size > maxBytes) {
      out.push(slice)
      slice = []
      bytes = 0
    }
    slice.push(signal)
    bytes += size
  }
  if (slice.length > 0) out.push(slice)
  return out
}
