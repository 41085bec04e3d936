import process from 'node:process'
import { decodeLogsJson } from '@kubesift/adapter-otlp'
import { loadCatalogue } from '@kubesift/adapter-rules'
import type { Signal } from '@kubesift/contracts'
import { ALLOWED_LATENESS_MS, Classifier, NamespaceMachine } from '@kubesift/core-context'
import { ChunkBuilder, fromLogRecord } from '@kubesift/core-signal'
import { labelledStorm, requestOf, type Said } from '@kubesift/e2e'

/** Sent as the one argument of the process. */
export interface ScaleOrder {
  /** Contexts that are to be open at the end, about. */
  readonly contexts: number
}

export interface ScaleResult {
  readonly contexts: number
  readonly clusters: number
  readonly signals: number
  /** User and system time of the process from the first signal to the last context, garbage collection included. */
  readonly cpuMs: number
  /** What the heap and its buffers hold more at the end, after a garbage collection. */
  readonly bytes: number
}

const SOURCE = { topic: 'otel-logs', partition: 0 }
const SLICE_MS = 60_000
/** Everything that the seeds begin is under way by then, and little of it is over. */
const CUT_MS = 14 * 60_000
const SEEDS = [1, 2, 3, 4]
const SHAPE = {
  nodes: 4,
  namespaces: 5,
  workloadsPerNamespace: 8,
  crashes: 8,
  images: 4,
  configs: 2,
  nodesDown: 0,
  rollOuts: 1,
}

/** What one namespace is told in a minute; as text, so that each cluster has objects of its own. */
interface Told {
  readonly namespace: string
  readonly signals: string
}

interface Slice {
  readonly end: number
  readonly told: readonly Told[]
}

const toldIn = (said: readonly Said[]): Told[] => {
  const builder = new ChunkBuilder()
  for (const [offset, one] of said.entries()) {
    for (const record of decodeLogsJson(requestOf([one], 'made')).records) {
      const read = fromLogRecord(record, { offset, kafkaAt: one.at })
      if (!read.ok) throw new Error(read.why)
      if ('signal' in read) builder.add('made', read.namespace, read.signal)
    }
  }
  return builder
    .build(SOURCE, 1_000_000)
    .map(({ namespace, signals }) => ({ namespace, signals: JSON.stringify(signals) }))
}

/** A labelled storm up to the cut, minute by minute. */
const slicesOf = (seed: number): Slice[] => {
  const { said } = labelledStorm({ ...SHAPE, seed })
  const start = said[0]?.at ?? 0
  const minutes = Map.groupBy(
    said.filter(({ at }) => at - start < CUT_MS),
    ({ at }) => Math.floor((at - start) / SLICE_MS),
  )
  return [...minutes].map(([minute, told]) => ({
    end: start + (minute + 1) * SLICE_MS,
    told: toldIn(told),
  }))
}

const classifier = new Classifier(
  loadCatalogue(new URL('../../rules/problems', import.meta.url).pathname),
)
const storms = SEEDS.map(slicesOf)

class Clusters {
  readonly #machines: readonly Map<string, NamespaceMachine>[]
  signals = 0

  constructor(count: number) {
    this.#machines = Array.from({ length: count }, () => new Map<string, NamespaceMachine>())
  }

  /** All clusters minute by minute, as if they had their storms at the same time. */
  run(): void {
    const minutes = Math.max(...storms.map(({ length }) => length))
    for (let minute = 0; minute < minutes; minute += 1) {
      for (const [i, machines] of this.#machines.entries()) {
        const slice = storms[i % storms.length]?.[minute]
        if (slice !== undefined) this.#tell(i, machines, slice)
      }
    }
  }

  #tell(cluster: number, machines: Map<string, NamespaceMachine>, { end, told }: Slice): void {
    for (const { namespace, signals: text } of told) {
      let machine = machines.get(namespace)
      if (machine === undefined) {
        machine = new NamespaceMachine(`made-${cluster}`, namespace, classifier)
        machines.set(namespace, machine)
      }
      const signals = JSON.parse(text) as Signal[]
      for (const signal of signals) machine.apply(signal, SOURCE)
      this.signals += signals.length
      machine.settle(end - ALLOWED_LATENESS_MS, [])
    }
  }

  /** Contexts that are open and go on. */
  open(): number {
    const all = this.#machines.flatMap((machines) => [...machines.values()])
    return all.reduce(
      (sum, machine) =>
        sum +
        machine.republish(null, []).filter(({ spells, movedTo }) => {
          const last = spells.at(-1)
          return movedTo === undefined && last?.recovery === null && last.openedAt !== null
        }).length,
      0,
    )
  }
}

const heldBytes = (): number => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const measure = (count: number): ScaleResult => {
  const before = heldBytes()
  const began = process.cpuUsage()
  const clusters = new Clusters(count)
  clusters.run()
  const { user, system } = process.cpuUsage(began)
  const bytes = heldBytes() - before
  const { signals } = clusters
  return {
    contexts: clusters.open(),
    clusters: count,
    signals,
    bytes,
    cpuMs: (user + system) / 1000,
  }
}

const order = JSON.parse(process.argv[2] ?? '') as ScaleOrder
// Once for the compiler, and to learn how many contexts the storms leave open.
const { contexts: perRound } = measure(4 * SEEDS.length)
const clusters = Math.max(1, Math.round((order.contexts * 4 * SEEDS.length) / perRound))
process.send?.(measure(clusters))
