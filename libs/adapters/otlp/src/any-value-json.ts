import { bareObject } from './bare-object.ts'
import {
  base64Of,
  booleanOf,
  doubleOf,
  field,
  int64Of,
  listOf,
  objectOf,
  refuse,
  textOf,
  type JsonObject,
} from './json-shape.ts'
import type { AnyJson } from './log-record.ts'
import type { ReadLimits } from './read-limits.ts'

/** What the walk through one request needs everywhere. */
export interface JsonWalk {
  readonly limits: ReadLimits
  readonly skip: ReadonlySet<string>
}

/** The one value that an AnyValue holds; of several the first of this list, of none `undefined`. */
export const ANY_VALUE_CASES = [
  ['string', 'stringValue', 'string_value'],
  ['bool', 'boolValue', 'bool_value'],
  ['int', 'intValue', 'int_value'],
  ['double', 'doubleValue', 'double_value'],
  ['array', 'arrayValue', 'array_value'],
  ['kvlist', 'kvlistValue', 'kvlist_value'],
  ['bytes', 'bytesValue', 'bytes_value'],
] as const
export type AnyValueKind = (typeof ANY_VALUE_CASES)[number][0]

export const anyValueCase = (
  value: unknown,
  at: string,
): { readonly kind: AnyValueKind; readonly held: unknown } | undefined => {
  const object = objectOf(value, at)
  for (const [kind, camel, snake] of ANY_VALUE_CASES) {
    const held = field(object, camel, snake)
    if (held !== undefined && held !== null) return { kind, held }
  }
  return undefined
}

/** A nesting level more, while there are any left. */
export const deeperAt = (depth: number, maxDepth: number, at: string): number => {
  if (depth >= maxDepth) refuse('too-deep', at, `more than ${maxDepth} levels`)
  return depth + 1
}

/** The AnyValue in OTLP/JSON as the same value that `readAnyValue` gives for it in protobuf. */
export const anyValueFromJson = (
  value: unknown,
  at: string,
  depth: number,
  walk: JsonWalk,
): AnyJson => {
  const found = anyValueCase(value, at)
  if (found === undefined) return null
  const { kind, held } = found
  switch (kind) {
    case 'string':
      return textOf(held, at, walk.limits.maxStringBytes)
    case 'bool':
      return booleanOf(held, at)
    case 'int':
      return exactInteger(int64Of(held, at))
    case 'double':
      return doubleOf(held, at)
    case 'bytes':
      return base64Of(held, at, walk.limits.maxStringBytes).toString('base64')
    case 'array': {
      const inner = deeperAt(depth, walk.limits.maxDepth, at)
      const values = listOf(objectOf(held, at)['values'], at)
      return values.map((item) => anyValueFromJson(item, at, inner, walk))
    }
    case 'kvlist': {
      const inner = deeperAt(depth, walk.limits.maxDepth, at)
      return mapFromJson(objectOf(held, at)['values'], at, inner, walk)
    }
  }
}

const exactInteger = (integer: bigint): number | string => {
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : String(integer)
}

/** A list of KeyValue in OTLP/JSON (attributes, or the entries of a kvlistValue) as a map. */
export const mapFromJson = (
  entries: unknown,
  at: string,
  depth: number,
  walk: JsonWalk,
): Record<string, AnyJson> => {
  const map = bareObject<AnyJson>()
  for (const entry of listOf(entries, at)) {
    const pair: JsonObject = objectOf(entry, at)
    const key = textOf(pair['key'], at, walk.limits.maxStringBytes)
    if (!walk.skip.has(key)) map[key] = anyValueFromJson(pair['value'], at, depth, walk)
  }
  return map
}
