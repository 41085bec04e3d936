import { readTraces } from '@kubesift/adapter-otlp'
import { ceHeaders } from '@kubesift/contracts'
import { clusterOfResource, fromSpans, type SpanRecord } from '@kubesift/core-signal'
import { BatchReading, type Raw } from './batch-reading.ts'
import type { Memory } from './memory.ts'

/** What becomes of one batch of `otel-traces`: failed spans and calls, as patterns. Every other span is counted and says nothing. */
export class TraceReading extends BatchReading {
  readonly #defaultCluster: string

  constructor(memory: Memory, defaultCluster: string) {
    super(memory.places)
    memory.retellings.clear()
    this.#defaultCluster = defaultCluster
  }

  /** One raw record; good spans go on beside bad ones. */
  read(record: Raw): void {
    this.begin(record)
    const { value, headers } = record
    const batch = this.request(record, () => readTraces(value, headers[ceHeaders.contentType]))
    if (batch === undefined) return
    this.#spans(batch.items)
    this.park(record, batch.bad)
  }

  finish(): void {
    // Nothing waits for the end of the batch.
  }

  #clusterOf({ resource }: SpanRecord): string {
    return clusterOfResource(resource) ?? this.#defaultCluster
  }

  #spans(spans: readonly SpanRecord[]): void {
    const { reads, skipped } = fromSpans(spans, this.at)
    this.skipped += skipped
    const whys = new Set<string>()
    for (const [span, read] of reads) {
      const cluster = this.#clusterOf(span)
      if (read.ok && 'signal' in read) this.add(cluster, read.namespace, read.signal)
      if (read.ok || whys.has(`${cluster} ${read.why}`)) continue
      whys.add(`${cluster} ${read.why}`)
      this.add(cluster, '', this.unclassified(read.why))
    }
    const seen = new Map<string, number>()
    for (const span of spans) {
      const cluster = this.#clusterOf(span)
      seen.set(cluster, (seen.get(cluster) ?? 0) + 1)
    }
    for (const [cluster, n] of seen) this.times.source(cluster, 'traces', this.at.kafkaAt ?? 0, n)
  }
}
