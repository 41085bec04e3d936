import { contentId } from '../hash.ts'
import { cut, stringMap, type Json } from '../pick.ts'
import { redact } from '../redact.ts'

/** Path → value. */
export type Flat = Record<string, string>

const MAX = 96
const VALUE = 200

/** Key order of an object from the Collector is random (facts.md, 2): equal things must compare equal. */
export const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )

/** At most `VALUE` characters; what is longer keeps its begin, and a hash of all of it, so that a change further on shows. */
export const shortened = (text: string): string =>
  text.length <= VALUE ? cut(text, VALUE) : `${cut(text, VALUE)}… #${contentId(text).slice(0, 8)}`

/** Sorted by path, bounded. */
export const merged = (...flats: readonly Flat[]): Flat =>
  Object.fromEntries(
    flats
      .flatMap((flat) => Object.entries(flat))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, MAX),
  )

/** The same of what is read from an object, without what is empty. */
export const flat = (entries: readonly (readonly [path: string, value: unknown])[]): Flat =>
  merged(
    Object.fromEntries(
      entries.flatMap(([path, value]): [string, string][] => {
        if (value === undefined || value === null) return []
        const text = typeof value === 'string' ? value : sortedJson(value)
        return text === '[]' || text === '{}' ? [] : [[cut(path, 300), shortened(redact(text))]]
      }),
    ),
  )

/** The entries of a map under a prefix. */
export const each = (prefix: string, map: Json): [string, string][] =>
  Object.entries(stringMap(map)).map(([key, value]) => [`${prefix}.${key}`, value])
