import { OtlpUnreadable, type UnreadableReason } from './otlp-unreadable.ts'

/** An object of OTLP/JSON, keys as they came. */
export type JsonObject = Readonly<Record<string, unknown>>

export const refuse = (reason: UnreadableReason, at: string, what: string): never => {
  throw new OtlpUnreadable(reason, at, what)
}

const wrongShape = (at: string, expected: string): never =>
  refuse('wrong-shape', at, `expected ${expected}`)

/** Absent, `null` and `{}` are the same in proto3's JSON: a message of defaults. */
export const objectOf = (value: unknown, at: string): JsonObject => {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) return wrongShape(at, 'an object')
  return value as JsonObject
}

/** Receivers must accept lowerCamelCase and the proto's own snake_case (https://protobuf.dev/programming-guides/json/). */
export const field = (object: JsonObject, camel: string, snake: string): unknown =>
  object[camel] ?? object[snake]

export const listOf = (value: unknown, at: string): readonly unknown[] => {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : wrongShape(at, 'an array')
}

/** Text with U+FFFD for lone surrogates, as it would come back from UTF-8. */
export const textOf = (value: unknown, at: string, maxLength: number): string => {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return wrongShape(at, 'a string')
  if (value.length > maxLength) {
    return refuse('string-too-long', at, `a string of ${value.length} characters`)
  }
  return value.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** 64-bit integers are strings in proto3's JSON, and numbers from many senders. */
export const integerOf = (value: unknown, at: string): bigint => {
  if (value === undefined || value === null || value === '') return 0n
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
  return wrongShape(at, 'an integer, as a number or in decimal digits')
}

export const int64Of = (value: unknown, at: string): bigint => {
  const integer = integerOf(value, at)
  return BigInt.asIntN(64, integer) === integer ? integer : wrongShape(at, 'an integer of 64 bits')
}

export const uint64Of = (value: unknown, at: string): bigint => {
  const integer = integerOf(value, at)
  return BigInt.asUintN(64, integer) === integer
    ? integer
    : wrongShape(at, 'an unsigned integer of 64 bits')
}

const DECIMAL = /^-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|Infinity)$/

/** proto3's JSON writes what JSON numbers cannot hold as `"NaN"`, `"Infinity"` and `"-Infinity"`. */
export const doubleOf = (value: unknown, at: string): number => {
  if (typeof value === 'number') return value
  if (value === 'NaN') return NaN
  return typeof value === 'string' && DECIMAL.test(value)
    ? Number(value)
    : wrongShape(at, 'a number')
}

export const booleanOf = (value: unknown, at: string): boolean =>
  typeof value === 'boolean' ? value : wrongShape(at, 'a boolean')

/** Standard or URL-safe base64, padded or not. */
export const base64Of = (value: unknown, at: string, maxLength: number): Buffer => {
  const text = textOf(value, at, maxLength)
  if (!/^[\w+/-]*={0,2}$/.test(text)) return wrongShape(at, 'base64')
  return Buffer.from(text, 'base64')
}

/** Trace and span ids are hex in OTLP/JSON, unlike other bytes (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
export const hexOf = (value: unknown, at: string, maxLength: number): string => {
  const text = textOf(value, at, maxLength)
  return /^(?:[\da-f]{2})*$/i.test(text) ? text.toLowerCase() : wrongShape(at, 'hex')
}

/** As `WireCursor.timeMs`: whole milliseconds exact, the rest as the fraction, 0 unknown. */
export const timeMsOf = (value: unknown, at: string): number | null => {
  const nanos = uint64Of(value, at)
  return nanos === 0n ? null : Number(nanos / 1_000_000n) + Number(nanos % 1_000_000n) / 1e6
}
