import { ensureBuilt } from '../frame/build.ts'
import { duration } from '../frame/duration.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { runTier } from '../testing-tiers/run-tier.ts'
import { splitWords } from '../testing-tiers/split-words.ts'
import type { TierResult } from '../testing-tiers/tiers.ts'

/** Every test of the repository, by tier; the last line is what CI reads. */
export const verb: Verb = {
  examples: [
    './kubesift test',
    './kubesift test unit',
    './kubesift test int -- libs/adapters/kafka',
  ],
  notes: [
    'Tiers: lint, unit (*.spec.ts), int (*.int.spec.ts, real Kafka, Postgres and Redis), e2e (*.e2e.spec.ts),',
    'collector (*.collector.spec.ts, builds the Collector: minutes; only when asked for).',
    'KUBESIFT_TEST_BACKEND=testcontainers takes containers; KAFKA_BROKERS, DATABASE_URL, REDIS_URL take yours.',
  ].join('\n'),
  define: (command, context, run) => {
    command
      .argument(
        '[tiers...]',
        'which of them; without it all but collector. After `--`: arguments for vitest',
      )
      .action(run((words: readonly string[]) => runTiers(words, context)))
  },
}

const runTiers = async (words: readonly string[], context: CliContext): Promise<ExitCode> => {
  const { tiers, extra } = splitWords(words, context.root)
  if (tiers.some((tier) => tier !== 'lint' && tier !== 'unit')) await ensureBuilt(context)
  const results: TierResult[] = []
  for (const tier of tiers) {
    if (context.signal.aborted) return ExitCode.interrupted
    context.print(`\n== ${tier}`)
    results.push(await runTier(tier, extra, context))
  }
  return summarise(results, context)
}

const summarise = (results: readonly TierResult[], context: CliContext): ExitCode => {
  context.print('')
  for (const { tier, passed, failed, skipped, ms } of results) {
    const left = skipped === 0 ? '' : `, ${skipped} skipped`
    context.print(`${tier.padEnd(10)} ${passed} passed, ${failed} failed${left} (${duration(ms)})`)
  }
  if (!results.some(({ tier }) => tier === 'collector')) {
    context.print('collector  left out (it builds the Collector): ./kubesift test collector')
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  context.print(`\n${passed} passed, ${failed} failed`)
  if (context.signal.aborted) return ExitCode.interrupted
  return failed === 0 && passed > 0 ? ExitCode.ok : ExitCode.failed
}
