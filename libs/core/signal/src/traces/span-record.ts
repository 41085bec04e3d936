import type { Json } from '../pick.ts'

/** One OTLP span as a reader hands it over (`adapter-otlp`), its resource's attributes beside it. */
export interface SpanRecord {
  readonly resource: Json
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  /** As OTLP numbers them: 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly startMs: number | null
  readonly endMs: number | null
  readonly attributes: Json
  readonly events: readonly { readonly name: string; readonly attributes: Json }[]
  /** 2 is an error. */
  readonly statusCode: number
  readonly statusMessage: string
}

export const SERVER = 2
export const CLIENT = 3
export const PRODUCER = 4
export const CONSUMER = 5
export const ERROR = 2
