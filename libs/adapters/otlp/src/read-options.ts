import type { Repeats } from './repeat-memo.ts'

/** What one request may cost. Beyond `maxBytes` or `maxRecords` the request is refused, beyond the others the record is. */
export interface ReadLimits {
  readonly maxBytes: number
  readonly maxRecords: number
  /** Nesting of arrays and maps inside of one value; a flat value has depth 0. */
  readonly maxDepth: number
  /** Of one string, bytes value or key, in bytes (JSON: in UTF-16 units). */
  readonly maxStringBytes: number
}

export interface ReadOptions {
  readonly limits?: Partial<ReadLimits>
  /** Entries with these keys are left out of every map and attribute list, and stepped over unread. */
  readonly skipKeys?: readonly string[]
  /** Takes records that were read before out of the batch; only in protobuf. */
  readonly repeats?: Repeats
}

/** Far above what Kafka carries by default (1 MB a message) and what Kubernetes stores (1.5 MB an object). */
export const DEFAULT_LIMITS: ReadLimits = {
  maxBytes: 32 * 1024 * 1024,
  maxRecords: 100_000,
  maxDepth: 64,
  maxStringBytes: 4 * 1024 * 1024,
}

/**
 * `managedFields[].fieldsV1` lists every field that a manager owns: 20 to 55 % of an object's bytes, and of no use here.
 * Who wrote, how and when (`manager`, `operation`, `time`, `subresource`) stays.
 */
export const DEFAULT_SKIP_KEYS: readonly string[] = ['fieldsV1']

/** The limits in force, with defaults for those not given. */
export const limitsOf = (options: ReadOptions): ReadLimits => ({
  ...DEFAULT_LIMITS,
  ...options.limits,
})
