import { bareObject } from './bare-object.ts'
import type { AnyJson } from './log-record.ts'
import type { WireCursor } from './wire-cursor.ts'

/** opentelemetry/proto/common/v1/common.proto: the tags (field × 8 + wire type) of AnyValue, its lists, and KeyValue. */
const STRING_VALUE = 0x0a
const BOOL_VALUE = 0x10
const INT_VALUE = 0x18
const DOUBLE_VALUE = 0x21
const ARRAY_VALUE = 0x2a
const KVLIST_VALUE = 0x32
const BYTES_VALUE = 0x3a
const ANY_VALUE_FIELDS = 0b1111_1110

const VALUES = 0x0a
const VALUES_FIELDS = 0b10

const KEY = 0x0a
const VALUE = 0x12
const KEY_VALUE_FIELDS = 0b110

/** The AnyValue in the bytes up to `end`; without a value it is `null`. Of several values the last holds, as of any oneof. */
export const readAnyValue = (cursor: WireCursor, end: number, depth: number): AnyJson => {
  let value: AnyJson = null
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    switch (tag) {
      case STRING_VALUE:
        value = cursor.text(cursor.endOfField(end))
        break
      case BOOL_VALUE:
        value = cursor.varint(end) !== 0
        break
      case INT_VALUE:
        value = cursor.int64(end)
        break
      case DOUBLE_VALUE:
        value = cursor.double(end)
        break
      case ARRAY_VALUE:
        value = readArray(cursor, cursor.endOfField(end), deeper(cursor, depth))
        break
      case KVLIST_VALUE:
        value = readMap(cursor, cursor.endOfField(end), deeper(cursor, depth))
        break
      case BYTES_VALUE:
        value = cursor.bytesText(cursor.endOfField(end), 'base64')
        break
      default:
        cursor.stepOverOther(tag, end, ANY_VALUE_FIELDS)
    }
  }
  return value
}

const deeper = (cursor: WireCursor, depth: number): number => {
  if (depth >= cursor.limits.maxDepth) cursor.fail('too-deep', `more than ${depth} levels`)
  return depth + 1
}

const readArray = (cursor: WireCursor, end: number, depth: number): readonly AnyJson[] => {
  const values: AnyJson[] = []
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === VALUES) values.push(readAnyValue(cursor, cursor.endOfField(end), depth))
    else cursor.stepOverOther(tag, end, VALUES_FIELDS)
  }
  return values
}

const readMap = (cursor: WireCursor, end: number, depth: number): Record<string, AnyJson> => {
  const map = bareObject<AnyJson>()
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === VALUES) readKeyValue(map, cursor, cursor.endOfField(end), depth)
    else cursor.stepOverOther(tag, end, VALUES_FIELDS)
  }
  return map
}

/** Adds the KeyValue in the bytes up to `end` to `into`, unless its key is one to skip. */
export const readKeyValue = (
  into: Record<string, AnyJson>,
  cursor: WireCursor,
  end: number,
  depth: number,
): void => {
  let key: string | undefined
  let value: AnyJson = null
  let early = -1
  let earlyEnd = -1
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === KEY) {
      const keyEnd = cursor.endOfField(end)
      if (cursor.skip.has(cursor.bytes, cursor.pos, keyEnd - cursor.pos)) {
        cursor.pos = end
        return
      }
      key = cursor.text(keyEnd)
    } else if (tag === VALUE) {
      const valueEnd = cursor.endOfField(end)
      if (key !== undefined) value = readAnyValue(cursor, valueEnd, depth)
      else {
        early = cursor.pos
        earlyEnd = valueEnd
        cursor.pos = valueEnd
      }
    } else cursor.stepOverOther(tag, end, KEY_VALUE_FIELDS)
  }
  if (early >= 0) {
    cursor.pos = early
    value = readAnyValue(cursor, earlyEnd, depth)
    cursor.pos = end
  }
  into[key ?? ''] = value
}
