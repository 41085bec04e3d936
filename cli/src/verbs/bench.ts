import { join } from 'node:path'
import { usageFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { nearest } from '../frame/suggest.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { runChild } from '../testing-tiers/run-child.ts'

const BENCHES = ['context-builder', 'latency', 'fairness', 'decoder', 'soak'] as const

interface Options {
  readonly rounds?: string
  readonly seconds?: string
  readonly kills?: string
  readonly save?: boolean
}

/** Benchmarks, against real services. They are no tests: nothing passes or fails by the clock. */
export const verb: Verb = {
  examples: [
    './kubesift bench context-builder',
    './kubesift bench latency --seconds 20 --save',
    './kubesift bench fairness --save',
    './kubesift bench decoder',
    './kubesift bench soak --kills 200 --save',
  ],
  notes: [
    'context-builder: records per CPU-second of the bare consumer, of it with each decoder, and of the whole service.',
    'latency: from a record to its committed incident, p50 and p99, at 100 and 1,000 records/s.',
    'fairness: what a namespace with 90 % of the records makes the others wait, at 1,000 and 5,000 records/s.',
    'decoder: our OTLP reader beside protobufjs, in this process.',
    'soak: labelled storms while every stage is killed with -9 again and again; every incident is compared in the end.',
    'They start Kafka, Redis and Postgres of their own in a temporary home, and stop them; the KAFKA_BROKERS,',
    'REDIS_URL and DATABASE_URL of the environment are used instead where they are set. Several minutes each.',
  ].join('\n'),
  needsBuild: true,
  define: (command, context, run) => {
    command
      .argument('<benchmark>', BENCHES.join(', '))
      .option('--rounds <n>', 'measured rounds of context-builder (default 5)')
      .option('--seconds <n>', 'measured time of latency and fairness, each turn (default 20)')
      .option('--kills <n>', 'kill -9 of soak, at least (default 200)')
      .option('--save', 'also write the result below bench/results')
      .action(run((name: string, options: Options) => runBench(name, options, context)))
  },
}

const runBench = async (
  name: string,
  { rounds, seconds, kills, save }: Options,
  context: CliContext,
): Promise<ExitCode> => {
  if (!BENCHES.some((bench) => bench === name)) {
    const close = nearest(name, BENCHES)
    throw usageFailure(
      `unknown benchmark '${name}': ${close === undefined ? `there are ${BENCHES.join(', ')}` : `did you mean ${close}?`}`,
    )
  }
  const code = await runChild(
    process.execPath,
    [
      '--conditions=source',
      '--disable-warning=ExperimentalWarning',
      join(context.root, 'bench/src/main.ts'),
      name,
      ...numbered('--rounds', rounds),
      ...numbered('--seconds', seconds),
      ...numbered('--kills', kills),
      ...(save === true ? ['--save'] : []),
    ],
    context,
  )
  if (context.signal.aborted) return ExitCode.interrupted
  return code === 0 ? ExitCode.ok : ExitCode.failed
}

const numbered = (option: string, text: string | undefined): readonly string[] => {
  if (text === undefined) return []
  if (/^[1-9]\d{0,3}$/.test(text)) return [`${option}=${text}`]
  throw usageFailure(`${option} takes a number from 1 to 9999, not '${text}'`)
}
