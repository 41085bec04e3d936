import { anyValueCase, deeperAt } from './any-value-json.ts'
import { base64Of, booleanOf, doubleOf, int64Of, listOf, objectOf, textOf } from './json-shape.ts'
import type { WireWriter } from './wire-writer.ts'

const NO_LIMIT = Number.MAX_SAFE_INTEGER
/** More than any sender nests (Kubernetes refuses objects far below it); it ends a cycle before the stack does. */
const MAX_DEPTH = 256

/** Writes the fields of one AnyValue; a value that is set is written even when it is a default, as in any oneof. */
export const encodeAnyValue = (
  out: WireWriter,
  value: unknown,
  at: string,
  depth: number,
): void => {
  const found = anyValueCase(value, at)
  if (found === undefined) return
  const { kind, held } = found
  switch (kind) {
    case 'string':
      out.text(0x0a, textOf(held, at, NO_LIMIT))
      return
    case 'bool':
      out.varint(0x10)
      out.varint(booleanOf(held, at) ? 1 : 0)
      return
    case 'int':
      out.varint(0x18)
      out.varint(int64Of(held, at))
      return
    case 'double':
      out.varint(0x21)
      out.double(doubleOf(held, at))
      return
    case 'array':
      out.message(0x2a, () => encodeArray(out, held, at, deeperAt(depth, MAX_DEPTH, at)))
      return
    case 'kvlist':
      out.message(0x32, () =>
        encodeKeyValues(
          out,
          0x0a,
          objectOf(held, at)['values'],
          at,
          deeperAt(depth, MAX_DEPTH, at),
        ),
      )
      return
    case 'bytes':
      out.bytes(0x3a, base64Of(held, at, NO_LIMIT))
  }
}

const encodeArray = (out: WireWriter, held: unknown, at: string, depth: number): void => {
  for (const item of listOf(objectOf(held, at)['values'], at)) {
    out.message(0x0a, () => encodeAnyValue(out, item, at, depth))
  }
}

/** Writes each KeyValue of the list as a field with this tag. */
export const encodeKeyValues = (
  out: WireWriter,
  tag: number,
  entries: unknown,
  at: string,
  depth = 0,
): void => {
  for (const entry of listOf(entries, at)) {
    const pair = objectOf(entry, at)
    out.message(tag, () => {
      const key = textOf(pair['key'], at, NO_LIMIT)
      if (key !== '') out.text(0x0a, key)
      const value = pair['value']
      if (value !== undefined && value !== null) {
        out.message(0x12, () => encodeAnyValue(out, value, at, depth))
      }
    })
  }
}
