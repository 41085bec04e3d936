import { expect, test } from 'vitest'
import { formatSpan } from './spans.ts'

test.each([
  [-5, '0 s'],
  [45_000, '45 s'],
  [4 * 60_000 + 59_000, '4 min'],
  [2 * 3_600_000, '2 h 0 min'],
  [76 * 3_600_000, '3 d 4 h'],
])('%d ms read %s', (ms, text) => {
  expect(formatSpan(ms)).toBe(text)
})
