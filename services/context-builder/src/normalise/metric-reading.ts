import { readMetrics } from '@kubesift/adapter-otlp'
import { ceHeaders } from '@kubesift/contracts'
import {
  clusterOfResource,
  metricSignal,
  metricSourceOf,
  type Crossings,
  type MetricRecord,
  type MetricSource,
  type MetricWatch,
} from '@kubesift/core-signal'
import { BatchReading, type Raw } from './batch-reading.ts'
import type { Memory } from './memory.ts'

/** What is known beside a batch: the rules, and what was told before. */
export interface MetricMemory {
  readonly watch: MetricWatch
  readonly crossings: Crossings
  readonly defaultCluster: string
}

/** What becomes of one batch of `otel-metrics`: crossings of the catalogue's thresholds. Every other sample is counted and says nothing. */
export class MetricReading extends BatchReading {
  readonly #known: MetricMemory

  constructor(memory: Memory, known: MetricMemory) {
    super(memory.places)
    memory.retellings.clear()
    this.#known = known
  }

  /** One raw record; good metrics go on beside bad ones. */
  read(record: Raw): void {
    this.begin(record)
    const { value, headers } = record
    const { wanted } = this.#known.watch
    const batch = this.request(record, () =>
      readMetrics(value, headers[ceHeaders.contentType], { wanted }),
    )
    if (batch === undefined) return
    this.#metrics(batch.items)
    this.park(record, batch.bad)
  }

  finish(): void {
    // Nothing waits for the end of the batch.
  }

  #metrics(metrics: readonly MetricRecord[]): void {
    const { watch, crossings } = this.#known
    const clusterOf = ({ resource }: MetricRecord): string =>
      clusterOfResource(resource) ?? this.#known.defaultCluster
    const seen = new Map<string, Map<MetricSource, number>>()
    const whys = new Set<string>()
    for (const [metric, sampled] of watch.samples(metrics, this.at, clusterOf)) {
      const cluster = clusterOf(metric)
      const source = metricSourceOf(metric)
      let tells = false
      const sources = seen.get(cluster) ?? new Map<MetricSource, number>()
      seen.set(cluster, sources.set(source, (sources.get(source) ?? 0) + 1))
      for (const one of sampled) {
        if (!one.ok) {
          tells = true
          const id = `${cluster} ${one.why}`
          if (!whys.has(id)) this.add(cluster, '', this.unclassified(one.why))
          whys.add(id)
          continue
        }
        const { sample } = one
        for (const crossing of crossings.take(sample)) {
          tells = true
          const { namespace } = sample.about.involved
          this.add(cluster, namespace, metricSignal(sample, crossing, { source, at: this.at }))
        }
      }
      if (!tells) this.skipped++
    }
    for (const [cluster, sources] of seen)
      for (const [source, n] of sources) this.times.source(cluster, source, this.at.kafkaAt ?? 0, n)
  }
}
