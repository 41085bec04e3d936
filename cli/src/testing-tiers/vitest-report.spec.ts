import { expect, test } from 'vitest'
import { countReport, type VitestReport } from './vitest-report.ts'

const report = (over: Partial<VitestReport> = {}): VitestReport => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  ...over,
})

test('a green run is its passed tests', () => {
  expect(countReport(report(), 0)).toEqual({ passed: 3, failed: 0, skipped: 0 })
})

test('a file that did not load counts as a failure', () => {
  const broken = report({ testResults: [{ status: 'failed', assertionResults: [] }] })
  expect(countReport(broken, 1).failed).toBe(1)
})

test('a failed test is counted once, not once more for its file', () => {
  const red = report({
    numFailedTests: 2,
    testResults: [
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] },
    ],
  })
  expect(countReport(red, 1).failed).toBe(2)
})

test('a bad end with nothing but green tests is a failure, and so is no report at all', () => {
  expect(countReport(report(), 1).failed).toBe(1)
  expect(countReport(undefined, 0).failed).toBe(1)
})
