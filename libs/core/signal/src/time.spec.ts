import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from './time.ts'

test('agrees with Date for every instant it can write', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      expect(parseInstant(formatInstant(ms))).toBe(ms)
      expect(Date.parse(formatInstant(ms))).toBe(ms)
      expect(parseInstant(new Date(ms).toISOString())).toBe(ms)
      const go = `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
      expect(parseInstant(go)).toBe(Math.floor(ms / 1000) * 1000)
    }),
  )
})

test.each([
  ['2026-11-21 01:08:41 +0000 UTC', Date.UTC(2026, 10, 21, 1, 8, 41)],
  ['2026-11-21 02:08:41.5 +0100 CET', Date.UTC(2026, 10, 21, 1, 8, 41, 500)],
  ['2026-11-21 01:08:41.123456789 +0000 UTC m=+0.012', Date.UTC(2026, 10, 21, 1, 8, 41) + 123.457],
  ['2026-11-21T01:13:39.838318Z', Date.UTC(2026, 10, 21, 1, 13, 39) + 838.318],
  ['2026-11-21T01:13:39-05:30', Date.UTC(2026, 10, 21, 6, 43, 39)],
])('reads %s', (text, ms) => {
  expect(parseInstant(text)).toBe(ms)
})

test.each([
  '',
  '0001-01-01T00:00:00Z',
  '0001-01-01 00:00:00 +0000 UTC',
  'yesterday',
  '2026-13-01T00:00:00Z',
  '2026-11-2x 01:08:41 +0000 UTC',
  '2026-11-21 01:08:61 +0000 UTC',
  '2026-11-21x01:08:41 +0000 UTC',
  '2026-11-21',
])('refuses %j', (text) => {
  expect(parseInstant(text)).toBeUndefined()
})
