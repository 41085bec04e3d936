import { readKeyValue } from './any-value.ts'
import { mapFromJson, type JsonWalk } from './any-value-json.ts'
import { bareObject } from './bare-object.ts'
import { field, listOf, objectOf, refuse, textOf } from './json-shape.ts'
import type { AnyJson, AttributeMap, BadRecord } from './log-record.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import type { WireCursor } from './wire-cursor.ts'

/** `resource_…` = 1 { `resource` = 1, `scope_…` = 2 { `scope` = 1, items = 2 } }: alike in the requests of metrics and traces. */
const RESOURCE_GROUP = 0x0a
const RESOURCE = 0x0a
const SCOPE_GROUP = 0x12
const SCOPE = 0x0a
const ITEM = 0x12
const RESOURCE_ATTRIBUTES = 0x0a
const SCOPE_NAME = 0x0a
const FIELD_1 = 0b10
const FIELDS_1_AND_2 = 0b110

/** What an item stands under. Both are filled as they come and shared by all that stand there: never change them. */
export interface Under {
  readonly index: number
  readonly resource: AttributeMap
  readonly scope: { readonly name: string }
}

/** What a request held: the readable items in their order, and the others by position. */
export interface ItemBatch<T> {
  readonly items: readonly T[]
  readonly bad: readonly BadRecord[]
}

type Take<T> = (cursor: WireCursor, end: number, under: Under) => T

/** Collects items until there are too many; one that cannot be read is reported while the others go on. */
class Collected<T> implements ItemBatch<T> {
  readonly items: T[] = []
  readonly bad: BadRecord[] = []

  get next(): number {
    return this.items.length + this.bad.length
  }

  take(index: number, read: () => T): void {
    try {
      this.items.push(read())
    } catch (error) {
      if (!(error instanceof OtlpUnreadable)) throw error
      this.bad.push({ index, reason: error.reason, why: error.message })
    }
  }
}

/** All items of a request in protobuf. A broken envelope throws `OtlpUnreadable`: nothing behind it can be trusted. */
export const readEnvelope = <T>(cursor: WireCursor, take: Take<T>): ItemBatch<T> => {
  const found = new Collected<T>()
  const end = cursor.bytes.length
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === RESOURCE_GROUP) readResourceGroup(found, cursor, cursor.endOfField(end), take)
    else cursor.stepOverOther(tag, end, FIELD_1)
  }
  return { items: found.items, bad: found.bad }
}

const readResourceGroup = <T>(
  found: Collected<T>,
  cursor: WireCursor,
  end: number,
  take: Take<T>,
): void => {
  const resource = bareObject<AnyJson>()
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === RESOURCE) readResource(resource, cursor, cursor.endOfField(end))
    else if (tag === SCOPE_GROUP)
      readScopeGroup(found, cursor, cursor.endOfField(end), { resource, take })
    else cursor.stepOverOther(tag, end, FIELDS_1_AND_2)
  }
}

/** Reads a Resource's attributes into an object: it is filled as it comes, should it stand behind what it is of. */
export const readResource = (
  into: Record<string, AnyJson>,
  cursor: WireCursor,
  end: number,
): void => {
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === RESOURCE_ATTRIBUTES) readKeyValue(into, cursor, cursor.endOfField(end), 0)
    else cursor.stepOverOther(tag, end, FIELD_1)
  }
}

const readScopeGroup = <T>(
  found: Collected<T>,
  cursor: WireCursor,
  end: number,
  { resource, take }: { readonly resource: AttributeMap; readonly take: Take<T> },
): void => {
  const scope = { name: '' }
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === ITEM) {
      const itemEnd = cursor.endOfField(end)
      const index = found.next
      if (index >= cursor.limits.maxRecords)
        cursor.fail('too-many-records', `more than ${cursor.limits.maxRecords} items`)
      found.take(index, () => take(cursor, itemEnd, { index, resource, scope }))
      cursor.pos = itemEnd
    } else if (tag === SCOPE) scope.name = readScopeName(cursor, cursor.endOfField(end))
    else cursor.stepOverOther(tag, end, FIELDS_1_AND_2)
  }
}

const readScopeName = (cursor: WireCursor, end: number): string => {
  let name = ''
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === SCOPE_NAME) name = cursor.text(cursor.endOfField(end))
    else cursor.stepOverOther(tag, end, FIELD_1)
  }
  return name
}

/** How the lists of a request are called in OTLP/JSON, from the outside in. */
export type JsonNames = readonly [groups: string, scopes: string, items: string]

const snake = (camel: string): string =>
  camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const lists = (object: Readonly<Record<string, unknown>>, name: string, at: string) =>
  listOf(field(object, name, snake(name)), at)

/** All items of a request in OTLP/JSON, which is JSON already. A wrong envelope throws `OtlpUnreadable`. */
export const readJsonEnvelope = <T>(
  request: unknown,
  [groups, scopes, items]: JsonNames,
  walk: JsonWalk,
  take: (value: unknown, at: string, under: Under) => T,
): ItemBatch<T> => {
  const found = new Collected<T>()
  for (const [i, group] of lists(objectOf(request, '$'), groups, groups).entries()) {
    const at = `${groups}[${i}]`
    const object = objectOf(group, at)
    const given = objectOf(object['resource'], `${at}.resource`)
    const resource = mapFromJson(given['attributes'], `${at}.resource.attributes`, 0, walk)
    for (const [j, entry] of lists(object, scopes, `${at}.${scopes}`).entries()) {
      const atScope = `${at}.${scopes}[${j}]`
      const holder = objectOf(entry, atScope)
      const { name } = objectOf(holder['scope'], `${atScope}.scope`)
      const scope = { name: textOf(name, `${atScope}.scope.name`, walk.limits.maxStringBytes) }
      for (const [k, value] of lists(holder, items, `${atScope}.${items}`).entries()) {
        const place = `${atScope}.${items}[${k}]`
        const index = found.next
        if (index >= walk.limits.maxRecords)
          refuse('too-many-records', place, `more than ${walk.limits.maxRecords} items`)
        found.take(index, () => take(value, place, { index, resource, scope }))
      }
    }
  }
  return { items: found.items, bad: found.bad }
}
