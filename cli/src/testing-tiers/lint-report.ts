import { z } from 'zod'
import type { Counts } from './vitest-report.ts'

/** What `tools/lint/lint.ts` leaves behind: one for each of its checks. */
export const LintReport = z.object({
  passed: z.number().int().min(0),
  failed: z.number().int().min(0),
})
export type LintReport = z.infer<typeof LintReport>

/** A run that ended badly has failed, whatever its report says, and so has one that left none. */
export const countLint = (report: LintReport | undefined, exitCode: number | null): Counts => {
  const { passed, failed } = report ?? { passed: 0, failed: 0 }
  const bad = report === undefined || exitCode !== 0
  return { passed, failed: failed === 0 && bad ? 1 : failed, skipped: 0 }
}
