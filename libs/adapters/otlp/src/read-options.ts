import { DEFAULT_LIMITS, type ReadLimits } from './read-limits.ts'
import type { Repeats } from './repeat-memo.ts'

export interface ReadOptions {
  readonly limits?: Partial<ReadLimits>
  /** Entries with these keys are left out of every map and attribute list, and stepped over unread. */
  readonly skipKeys?: readonly string[]
  /** Takes records that were read before out of the batch; only in protobuf. */
  readonly repeats?: Repeats
}

export interface MetricOptions extends Pick<ReadOptions, 'limits' | 'skipKeys'> {
  /** The names of the metrics whose points are read; default: all. */
  readonly wanted?: ReadonlySet<string>
}

/**
 * `managedFields[].fieldsV1` lists every field that a manager owns: 20 to 55 % of an object's bytes, and of no use here.
 * Who wrote, how and when (`manager`, `operation`, `time`, `subresource`) stays.
 */
export const DEFAULT_SKIP_KEYS: readonly string[] = ['fieldsV1']

/** The limits in force, with defaults for those not given. */
export const limitsOf = (options: Pick<ReadOptions, 'limits'>): ReadLimits => ({
  ...DEFAULT_LIMITS,
  ...options.limits,
})
