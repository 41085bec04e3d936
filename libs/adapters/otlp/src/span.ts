import type { AttributeMap, BadRecord } from './log-record.ts'
import type { Under } from './envelope.ts'

/** Something that happened in a span: an exception has the name `exception`. */
export interface OtlpSpanEvent {
  readonly name: string
  readonly attributes: AttributeMap
}

export interface OtlpSpan extends Under {
  /** Lower-case hex, or `''`. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer; 0 for unspecified and for what OTLP does not define. */
  readonly kind: number
  /** Milliseconds since the epoch; `null` when the span has none. */
  readonly startMs: number | null
  readonly endMs: number | null
  readonly attributes: AttributeMap
  readonly events: readonly OtlpSpanEvent[]
  /** 1 ok, 2 error; 0 for unset and for what OTLP does not define. */
  readonly statusCode: number
  readonly statusMessage: string
}

export interface SpanBatch {
  readonly items: readonly OtlpSpan[]
  readonly bad: readonly BadRecord[]
}

/** So many events of one span are read, the first: each exception is one. */
export const MAX_SPAN_EVENTS = 32

/** opentelemetry/proto/trace/v1/trace.proto, Span.SpanKind and Status.StatusCode: the last that is defined. */
const LAST_KIND = 5
const LAST_CODE = 2

const known = (value: number, last: number): number =>
  Number.isInteger(value) && value >= 0 && value <= last ? value : 0

export const knownKind = (kind: number): number => known(kind, LAST_KIND)
export const knownCode = (code: number): number => known(code, LAST_CODE)
