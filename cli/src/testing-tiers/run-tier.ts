import { readJsonFile } from '@kubesift/adapter-backing'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CliContext } from '../frame/verb.ts'
import { purgeHome } from '../lifecycle/purge.ts'
import { stopEverything } from '../lifecycle/stop.ts'
import { runChild } from './run-child.ts'
import type { Tier, TierResult } from './tiers.ts'
import { countLint, LintReport } from './lint-report.ts'
import { countReport, VitestReport, type Counts } from './vitest-report.ts'

/** Runs one tier with its output on the terminal. `extra` goes to vitest as it is. */
export const runTier = async (
  tier: Tier,
  extra: readonly string[],
  context: CliContext,
): Promise<TierResult> => {
  const begun = context.now()
  const counts =
    tier === 'lint'
      ? await lint(context)
      : await withReport((file) => vitest(tier, extra, context, file))
  return { tier, ...counts, ms: context.now() - begun }
}

/** All of lint: boundaries, format, types, rules and dead code. It says itself what failed, and counts its checks. */
const lint = (context: CliContext): Promise<Counts> =>
  withReport(async (file) => {
    const report = { KUBESIFT_LINT_REPORT: file }
    const code = await runChild(process.execPath, ['tools/lint/lint.ts'], context, report)
    return countLint(readJsonFile(file, LintReport), code)
  })

const vitest = async (
  tier: Tier,
  extra: readonly string[],
  context: CliContext,
  file: string,
): Promise<Counts> => {
  const home = join(tmpdir(), `kubesift-test-${process.pid}`)
  try {
    const main = join(context.root, 'node_modules/vitest/vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const args = [main, 'run', `--project=${tier}`, '--passWithNoTests', ...reporters, ...extra]
    const code = await runChild(process.execPath, args, context, { KUBESIFT_TEST_HOME: home })
    return countReport(readJsonFile(file, VitestReport), code)
  } finally {
    // vitest does this itself, unless it was killed
    await stopEverything(home)
    purgeHome(home)
  }
}

const withReport = async (run: (file: string) => Promise<Counts>): Promise<Counts> => {
  const folder = mkdtempSync(join(tmpdir(), 'kubesift-report-'))
  try {
    return await run(join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
