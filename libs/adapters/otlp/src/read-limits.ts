/** What one request may cost. Beyond `maxBytes` or `maxRecords` the request is refused, beyond the others the record is. */
export interface ReadLimits {
  readonly maxBytes: number
  readonly maxRecords: number
  /** Nesting of arrays and maps inside of one value; a flat value has depth 0. */
  readonly maxDepth: number
  /** Of one string, bytes value or key, in bytes (JSON: in UTF-16 units). */
  readonly maxStringBytes: number
}

/** Far above what Kafka carries by default (1 MB a message) and what Kubernetes stores (1.5 MB an object). */
export const DEFAULT_LIMITS: ReadLimits = {
  maxBytes: 32 * 1024 * 1024,
  maxRecords: 100_000,
  maxDepth: 64,
  maxStringBytes: 4 * 1024 * 1024,
}
