import { field, listOf, objectOf } from './json-shape.ts'
import { parseRequest } from './parse-request.ts'
import { limitsOf, type ReadOptions } from './read-options.ts'
import { SkipKeys } from './skip-keys.ts'
import { sniffLogs } from './sniff-logs.ts'
import { WireCursor } from './wire-cursor.ts'

/** `resource_…` = 1, then `scope_…` = 2, then the items = 2: alike in the requests of logs, metrics and traces. */
const RESOURCE = 0x0a
const SCOPE = 0x12
const ITEM = 0x12

const JSON_NAMES = [
  ['resourceLogs', 'scopeLogs', 'logRecords'],
  ['resourceMetrics', 'scopeMetrics', 'metrics'],
  ['resourceSpans', 'scopeSpans', 'spans'],
] as const

/** How many log records, metrics or spans an export request holds, without reading them. Throws `OtlpUnreadable` only. */
export const countItems = (
  bytes: Uint8Array,
  contentType?: string,
  options: ReadOptions = {},
): number => {
  const limits = limitsOf(options)
  if (sniffLogs(bytes, contentType) === 'json') return countJson(parseRequest(bytes, limits))
  const cursor = WireCursor.over(bytes, limits, NOTHING)
  return countFields(cursor, cursor.bytes.length, [RESOURCE, SCOPE, ITEM])
}

const NOTHING = new SkipKeys([])

const countFields = (cursor: WireCursor, end: number, path: readonly number[]): number => {
  const [tag, ...inner] = path
  let count = 0
  while (cursor.pos < end) {
    const found = cursor.tag(end)
    if (found !== tag) cursor.stepOver(found, end)
    else {
      const fieldEnd = cursor.endOfField(end)
      count += inner.length === 0 ? 1 : countFields(cursor, fieldEnd, inner)
      cursor.pos = fieldEnd
    }
  }
  return count
}

const countJson = (request: unknown): number => {
  const object = objectOf(request, '$')
  let count = 0
  for (const [resources, scopes, items] of JSON_NAMES) {
    for (const resource of listOf(field(object, resources, snake(resources)), resources)) {
      const group = objectOf(resource, resources)
      for (const scope of listOf(field(group, scopes, snake(scopes)), scopes)) {
        count += listOf(field(objectOf(scope, scopes), items, snake(items)), items).length
      }
    }
  }
  return count
}

const snake = (camel: string): string =>
  camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
