import { expect, test } from 'vitest'
import { countLint } from './lint-report.ts'

test('each check of lint counts as one', () => {
  expect(countLint({ passed: 5, failed: 0 }, 0)).toEqual({ passed: 5, failed: 0, skipped: 0 })
  expect(countLint({ passed: 3, failed: 2 }, 1)).toEqual({ passed: 3, failed: 2, skipped: 0 })
})

test('a bad end without a failed check, or without a report, is a failure', () => {
  expect(countLint({ passed: 5, failed: 0 }, 1).failed).toBe(1)
  expect(countLint({ passed: 5, failed: 0 }, null).failed).toBe(1)
  expect(countLint(undefined, 0).failed).toBe(1)
})
