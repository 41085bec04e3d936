import { decodeMetricsJson, decodeTracesJson, type BadRecord } from '@kubesift/adapter-otlp'
import type { MetricRule, Signal } from '@kubesift/contracts'
import {
  clusterOfResource,
  Crossings,
  fromSpans,
  metricSignal,
  metricSourceOf,
  MetricWatch,
  type MetricRecord,
  type ReadOne,
} from '@kubesift/core-signal'

/** What a request of metrics or traces says; `skipped` entries say nothing by design. */
export interface FromTelemetry {
  readonly reads: readonly ReadOne[]
  readonly skipped: number
  readonly bad: readonly BadRecord[]
  /** How many entries it had. */
  readonly entries: number
}

/** Metrics and spans of files, read as the pipeline's first stage does. Throws `OtlpUnreadable` for what is no such request. */
export class Telemetry {
  readonly #watch: MetricWatch
  readonly #crossings = new Crossings()
  readonly #cluster: string

  constructor(rules: readonly MetricRule[], cluster: string) {
    this.#watch = new MetricWatch(rules)
    this.#cluster = cluster
  }

  metrics(request: unknown, offset: number): FromTelemetry {
    const { wanted } = this.#watch
    const { items, bad } = decodeMetricsJson(request, { wanted })
    const clusterOf = ({ resource }: MetricRecord): string =>
      clusterOfResource(resource) ?? this.#cluster
    const reads: ReadOne[] = []
    let skipped = 0
    for (const [metric, sampled] of this.#watch.samples(items, { offset }, clusterOf)) {
      const before = reads.length
      for (const one of sampled) {
        if (!one.ok) {
          reads.push(one)
          continue
        }
        const { sample } = one
        const from = { source: metricSourceOf(metric), at: { offset } }
        for (const crossing of this.#crossings.take(sample))
          reads.push(
            of(
              sample.about.involved.namespace,
              clusterOf(metric),
              metricSignal(sample, crossing, from),
            ),
          )
      }
      if (reads.length === before) skipped += 1
    }
    return { reads, skipped, bad, entries: items.length + bad.length }
  }

  spans(request: unknown, offset: number): FromTelemetry {
    const { items, bad } = decodeTracesJson(request)
    const { reads, skipped } = fromSpans(items, { offset })
    const named = reads.map(([{ resource }, read]): ReadOne =>
      read.ok && 'signal' in read
        ? of(read.namespace, clusterOfResource(resource) ?? this.#cluster, read.signal)
        : read,
    )
    return { reads: named, skipped, bad, entries: items.length + bad.length }
  }
}

const of = (namespace: string, cluster: string, signal: Signal): ReadOne => ({
  ok: true,
  namespace,
  cluster,
  signal,
})
