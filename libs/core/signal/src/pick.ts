/**
 * Typed reading of untyped JSON. Kubernetes objects have thousands of fields of which we read dozens; every reader here answers with the
 * wanted type or nothing, so a wrong shape can never travel further than the line that reads it.
 */
import { parseInstant } from './time.ts'

export type Json = Readonly<Record<string, unknown>>

export const asRecord = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

const NOTHING: Json = Object.freeze({})

/** The object under a key, or an empty one: chains of reads need no guards. */
export const sub = (from: Json | undefined, key: string): Json =>
  from !== undefined && Object.hasOwn(from, key) ? (asRecord(from[key]) ?? NOTHING) : NOTHING

const own = (from: Json, key: string): unknown => (Object.hasOwn(from, key) ? from[key] : undefined)

/** A non-empty string, cut to `max` characters. */
export const str = (from: Json, key: string, max = 256): string | undefined => {
  const value = own(from, key)
  return typeof value === 'string' && value !== '' ? cut(value, max) : undefined
}

/** A safe integer, given as a number or (as in OTLP/JSON and YAML) as text. */
export const int = (from: Json, key: string): number | undefined => {
  const value = own(from, key)
  const n = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return typeof n === 'number' && Number.isSafeInteger(n) ? n : undefined
}

export const bool = (from: Json, key: string): boolean | undefined => {
  const value = own(from, key)
  return typeof value === 'boolean' ? value : undefined
}

export const time = (from: Json, key: string): number | undefined => {
  const value = own(from, key)
  return typeof value === 'string' ? parseInstant(value) : undefined
}

/** The records in a list, at most `max`; entries of another type are passed over. */
export const list = (from: Json, key: string, max = 1000): readonly Json[] => {
  const value = own(from, key)
  if (!Array.isArray(value)) return []
  return (value as readonly unknown[])
    .slice(0, max)
    .map(asRecord)
    .filter((entry) => entry !== undefined)
}

export const strings = (from: Json, key: string, max = 100): readonly string[] => {
  const value = own(from, key)
  if (!Array.isArray(value)) return []
  return value.slice(0, max).filter((entry): entry is string => typeof entry === 'string')
}

/** A map of strings (labels, annotations), filtered and bounded. Keys like `__proto__` are ordinary keys here. */
export const stringMap = (
  from: Json,
  keep: (key: string) => boolean = () => true,
  maxEntries = 64,
  maxValue = 256,
): Record<string, string> => {
  const entries = Object.entries(from)
    .filter((e): e is [string, string] => typeof e[1] === 'string' && keep(e[0]))
    .slice(0, maxEntries)
  return Object.fromEntries(entries.map(([k, v]) => [cut(k, 256), cut(v, maxValue)]))
}

/**
 * At most `max` UTF-16 units, well-formed and without NUL: Postgres refuses both half a surrogate pair and U+0000 in jsonb, and one
 * hostile message must not stop a batch.
 */
export const cut = (text: string, max: number): string => {
  const short = text.length <= max ? text : text.slice(0, max)
  const formed = short.isWellFormed() ? short : short.toWellFormed()
  return formed.includes('\0') ? formed.replaceAll('\0', '\uFFFD') : formed
}

/** Drops undefined fields, so that optional properties stay absent (exactOptionalPropertyTypes). */
export const compact = <T extends object>(value: T): Compact<T> => {
  const out: Record<string, unknown> = {}
  for (const [key, v] of Object.entries(value)) if (v !== undefined) out[key] = v
  return out as Compact<T>
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
type Optional<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
export type Compact<T> = Defined<T> & Optional<T>
