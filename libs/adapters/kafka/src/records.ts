import { ceHeaders, parseJson, type Parsed, type TopicContract } from '@kubesift/contracts'
import type { KafkaMessage } from 'kafkajs'
import { parseTraceparent, traceparentOf, type Traceparent } from './trace.ts'

/** A record that could be read. */
export interface Received<T> {
  readonly value: T
  readonly offset: number
  /** Milliseconds since the epoch: the producer's time, or the broker's. */
  readonly timestamp: number
  readonly key: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly raw: Buffer | null
  /** The trace to continue: the record's own, else the span that is processing it. */
  readonly traceparent: Traceparent | undefined
}

/** How a value becomes a `T`. */
export type Decode<T> = (value: Buffer) => Parsed<T>

/** Values by their contract's schema. */
export const jsonOf =
  <T>(contract: TopicContract<T>): Decode<T> =>
  (value) =>
    parseJson(contract.schema, value.toString('utf8'))

/** Values as they are. */
export const bytes: Decode<Buffer> = (value) => ({ ok: true, value })

/** A header that was sent twice is read by its last value. */
export const headersOf = (message: KafkaMessage): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value
    if (last !== undefined) headers[name] = last.toString()
  }
  return headers
}

/** What came out of a message: a record, one that nobody can read, or a tombstone, which says nothing. */
export type Opened<T> =
  | { readonly kind: 'good'; readonly record: Received<T> }
  | { readonly kind: 'bad'; readonly why: string; readonly record: Received<null> }
  | { readonly kind: 'tombstone' }

const own = (headers: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(headers, name) ? headers[name] : undefined

/** Opens one message; it answers and does not throw. */
export const open = <T>(decode: Decode<T>, message: KafkaMessage): Opened<T> => {
  if (message.value === null) return { kind: 'tombstone' }
  const headers = headersOf(message)
  const common = {
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key?.toString() ?? null,
    headers,
    raw: message.value,
    // Written anew: it travels on to the last stage, and whoever may write to the first topic could put anything there.
    traceparent: traceparentOf(parseTraceparent(own(headers, ceHeaders.traceparent))),
  }
  const parsed = decode(message.value)
  return parsed.ok
    ? { kind: 'good', record: { ...common, value: parsed.value } }
    : { kind: 'bad', why: parsed.why, record: { ...common, value: null } }
}
