import type { Signal, SignalChunk, SourcePartition } from '@kubesift/contracts'

const NAMED_OFFSETS = 8

/** What makes two signals say exactly the same; offsets and repeats aside. */
const sameness = (signal: Signal): string => {
  if (signal.t === 'event') {
    return `e ${signal.uid} ${signal.n} ${signal.lastAt} ${signal.firstAt} ${signal.type} ${signal.reason} ${signal.seriesDropped ?? ''} ${signal.involved.uid ?? ''} ${signal.message}`
  }
  if (signal.t === 'object') {
    return `o ${signal.object.uid} ${signal.object.rv} ${signal.deleted ?? ''} ${signal.observedAt}`
  }
  return `u ${signal.offsets[0] ?? ''} ${signal.why}`
}

interface Open {
  cluster: string
  namespace: string
  signals: Signal[]
  seen: Map<string, number>
}

/** Collects the signals of one input batch into chunks per namespace, folding exact repeats. */
export class ChunkBuilder {
  readonly #open = new Map<string, Open>()
  /** Exact repeats that were folded. */
  folded = 0

  add(cluster: string, namespace: string, signal: Signal): void {
    const id = `${cluster}\n${namespace}`
    let open = this.#open.get(id)
    if (open === undefined) {
      open = { cluster, namespace, signals: [], seen: new Map() }
      this.#open.set(id, open)
    }
    const same = sameness(signal)
    const at = open.seen.get(same)
    const before = at === undefined ? undefined : open.signals[at]
    if (at === undefined || before === undefined) {
      open.seen.set(same, open.signals.length)
      open.signals.push(signal)
      return
    }
    this.folded++
    open.signals[at] = {
      ...before,
      repeats: before.repeats + signal.repeats,
      offsets: [...before.offsets, ...signal.offsets].slice(0, NAMED_OFFSETS),
    }
  }

  /** The chunks, none with more than `maxBytes` of JSON (unless a single signal has) and none empty. */
  build(source: SourcePartition, maxBytes: number): SignalChunk[] {
    return [...this.#open.values()].flatMap(({ cluster, namespace, signals }) =>
      slices(signals, maxBytes).map((slice) => ({
        kind: 'chunk' as const,
        cluster,
        namespace,
        source,
        signals: slice,
      })),
    )
  }
}

const slices = (signals: readonly Signal[], maxBytes: number): Signal[][] => {
  const out: Signal[][] = []
  let slice: Signal[] = []
  let bytes = 0
  for (const signal of signals) {
    // An estimate is enough: the producer splits by true size again. Objects are the large ones.
    const size = signal.t === 'event' ? 600 + signal.message.length : JSON.stringify(signal).length
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
