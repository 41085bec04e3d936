import type { AttributeMap, BadRecord } from './log-record.ts'
import type { Under } from './envelope.ts'

/** One number of a gauge or a sum. */
export interface OtlpPoint {
  readonly attributes: AttributeMap
  /** Milliseconds since the epoch; `null` when the point has no time. */
  readonly timeMs: number | null
  /** `null` where its sender says that there is none (stale), or gives none. Whole numbers beyond ±(2^53 - 1) are rounded. */
  readonly value: number | null
}

/** One metric of one resource. */
export interface OtlpMetric extends Under {
  readonly name: string
  /** `other` has its points left out: histograms, summaries, and whatever comes. */
  readonly kind: 'gauge' | 'sum' | 'other'
  readonly points: readonly OtlpPoint[]
}

export interface MetricBatch {
  readonly items: readonly OtlpMetric[]
  readonly bad: readonly BadRecord[]
}
