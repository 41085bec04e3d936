import type { Json } from '../pick.ts'

/** One OTLP metric as a reader hands it over (`adapter-otlp`), its resource's attributes beside it. */
export interface MetricRecord {
  /** Shared by all metrics of one thing in a request. */
  readonly resource: Json
  readonly scope: { readonly name: string }
  readonly name: string
  readonly kind: 'gauge' | 'sum' | 'other'
  readonly points: readonly MetricPoint[]
}

export interface MetricPoint {
  readonly attributes: Json
  readonly timeMs: number | null
  /** `null` where there is none. */
  readonly value: number | null
}
