import { expect, test } from 'vitest'
import { pageTokenOf, readPageToken } from './page-token.ts'
import { readCursor, cursorText } from './cursor-text.ts'
import { readGetRequest, readListRequest } from './requests.ts'
import { timestampOf } from './proto-values.ts'

const empty = {
  pageSize: 0,
  pageToken: '',
  statuses: [],
  severities: [],
  cluster: '',
  namespace: '',
  problem: '',
  text: '',
}

test('an empty list request asks for fifty of everything', () => {
  const { pageSize, filter } = readListRequest(empty)
  expect(pageSize).toBe(50)
  expect(filter).toEqual({
    statuses: [],
    severities: [],
    cluster: '',
    namespace: '',
    problem: '',
    text: '',
  })
})

test.each([
  [{ pageSize: 1001 }, 'page_size'],
  [{ statuses: ['STATUS_UNSPECIFIED'] }, 'statuses.0: is not a status'],
  [{ severities: ['SEVERITY_UNSPECIFIED'] }, 'severities.0: is not a severity'],
  [{ text: 'x'.repeat(513) }, 'text'],
])('%o is refused by its field', (fault, words) => {
  expect(() => readListRequest({ ...empty, ...fault })).toThrow(words)
})

test.each(['deadbee', 'not-an-id', 'deadbeef'.repeat(5), ''])('%j is no id', (id) => {
  expect(() => readGetRequest({ id })).toThrow('id: expected')
})

test('a page token comes back as it was given, for its own filter alone', () => {
  const { filter } = readListRequest({ ...empty, cluster: 'c1' })
  const end = {
    severityRank: 2,
    lastSeenAt: 1_763_690_000_000.25,
    id: '0d9f4e6a-1d2c-8e3f-9a4b-5c6d7e8f9a0b',
  }
  const token = pageTokenOf(filter, end)
  expect(readPageToken(filter, token)).toEqual(end)
  expect(() => readPageToken({ ...filter, cluster: 'c2' }, token)).toThrow('another filter')
  expect(() => readPageToken(filter, `${token}x`.slice(1))).toThrow('page_token')
})

test('a cursor comes back as it was given', () => {
  const cursor = { store: '0d9f4e6a-1d2c-8e3f-9a4b-5c6d7e8f9a0b', seq: 42 }
  expect(readCursor(cursorText(cursor))).toEqual(cursor)
  expect(() => readCursor('42')).toThrow('cursor')
})

test.each([
  [0, 0, 0],
  [1_763_690_000_123, 1_763_690_000, 123_000_000],
  [1_763_690_000_123.456, 1_763_690_000, 123_456_000],
])('%d ms is %d s and %d ns', (ms, seconds, nanos) => {
  const at = timestampOf(ms)
  expect(at.seconds).toBe(seconds)
  // a double holds such an instant to a quarter of a microsecond
  expect(Math.abs(at.nanos - nanos)).toBeLessThan(1_000)
})
