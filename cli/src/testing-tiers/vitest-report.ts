import { z } from 'zod'

const Suite = z.object({
  status: z.string(),
  assertionResults: z.array(z.object({ status: z.string() })),
})

/** The part of vitest's JSON report that is counted. */
export const VitestReport = z.object({
  numPassedTests: z.number().int(),
  numFailedTests: z.number().int(),
  numPendingTests: z.number().int(),
  numTodoTests: z.number().int().default(0),
  testResults: z.array(Suite),
})
export type VitestReport = z.infer<typeof VitestReport>

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Counts so that nothing red can look green: a file that failed without a failed test in it (it did not load, or a hook
 * threw) is one failure, and so is a run that ended badly for any other reason, such as an unhandled rejection.
 */
export const countReport = (report: VitestReport | undefined, exitCode: number | null): Counts => {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 }
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  ).length
  const failed = report.numFailedTests + broken
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
