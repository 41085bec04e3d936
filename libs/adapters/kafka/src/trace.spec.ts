import { expect, test } from 'vitest'
import { parseTraceparent, processing, publishing, traceparentOf } from './trace.ts'

const id = '0af7651916cd43dd8448eb211c80319c'
const valid = `00-${id}-b7ad6b7169203331-01`

test('a traceparent survives reading and writing', () => {
  expect(traceparentOf(parseTraceparent(valid))).toBe(valid)
})

// https://www.w3.org/TR/trace-context/#versioning-of-traceparent
test.each([
  ['a future version with more fields is read', `01-${id}-b7ad6b7169203331-01-more`, id],
  ['version ff is invalid', `ff-${id}-b7ad6b7169203331-01`, undefined],
  ['an all-zero trace id is invalid', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, undefined],
  ['text is not a traceparent', 'yes', undefined],
])('%s', (_, text, traceId) => {
  expect(parseTraceparent(text)?.traceId).toBe(traceId)
})

test('without an SDK the trace of a single cause still crosses', async () => {
  const about = { topic: 't', count: 1, traces: [valid] }
  expect(await processing(about, (own) => Promise.resolve(own))).toBe(valid)
  expect(await publishing(about, (headerFor) => Promise.resolve(headerFor(valid)))).toBe(valid)
})
