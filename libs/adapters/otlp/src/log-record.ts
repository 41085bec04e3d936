import type { Claim } from './byte-memo.ts'
import type { UnreadableReason } from './otlp-unreadable.ts'

/** What an OTLP `AnyValue` becomes: JSON, made of objects that inherit nothing. */
export type AnyJson = null | boolean | number | string | readonly AnyJson[] | AnyJsonObject
export interface AnyJsonObject {
  readonly [key: string]: AnyJson
}

/** Attributes by key. An object that inherits nothing; of a repeated key the last one holds. */
export type AttributeMap = AnyJsonObject

/**
 * One OTLP log record with the resource and scope that it stands under.
 *
 * Values: an `AnyValue` without a value is `null`; an `intValue` outside of ±(2^53 - 1) is its exact decimal as a string;
 * bytes are base64 (standard alphabet, padded). Text that is not UTF-8 has U+FFFD in the place of the bad bytes.
 */
export interface OtlpLogRecord {
  /** Position in the request, counted over readable and unreadable records alike. */
  readonly index: number
  /** Shared by all records of the same resource: never change it. */
  readonly resource: AttributeMap
  /** Name of the instrumentation scope, or `''`. */
  readonly scopeName: string
  readonly attributes: AttributeMap
  readonly body: AnyJson
  /** Milliseconds since the epoch, nanoseconds as the fraction as far as a double holds them; `null` when the record has none. */
  readonly timeMs: number | null
  readonly observedMs: number | null
  /** 1 to 24, or 0 for unspecified and for what OTLP does not define. */
  readonly severityNumber: number
  readonly severityText: string
  /** Name of the event class, or `''`. */
  readonly eventName: string
  /** Lower-case hex, or `''`. */
  readonly traceId: string
  readonly spanId: string
}

/** A record that could not be read while the rest of its request could. */
export interface BadRecord {
  readonly index: number
  readonly reason: UnreadableReason
  /** The whole message, with the place. */
  readonly why: string
}

/** What a request held: the readable records in their order, and the others by position. */
export interface LogBatch {
  readonly records: readonly OtlpLogRecord[]
  readonly bad: readonly BadRecord[]
  /** Where records are told apart from repeats: the places taken for those that may be told again. */
  readonly claims?: ReadonlyMap<OtlpLogRecord, Claim>
}
