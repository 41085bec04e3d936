import { quantile } from './interleaved.ts'

export interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** NaN of none. */
export const quantilesOf = (times: readonly number[]): Quantiles => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  max: quantile(times, 1),
})
