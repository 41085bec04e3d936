import { expect, test } from 'vitest'
import { CALM_MS, crashesInARow, waitBeforeRestart } from './restart-policy.ts'

test('the wait doubles and is capped', () => {
  expect([1, 2, 3, 7, 50].map(waitBeforeRestart)).toEqual([500, 1_000, 2_000, 30_000, 30_000])
})

test('a calm minute starts the count anew, a short life does not', () => {
  expect(crashesInARow(6, CALM_MS)).toBe(1)
  expect(crashesInARow(6, CALM_MS - 1)).toBe(7)
  expect(crashesInARow(6, undefined)).toBe(7)
})
