import { parseArgs } from 'node:util'
import { benchWorkload, CONTEXT_BUILDER_PLAN, WORKLOADS } from './context-builder.ts'
import { benchDecoder, decoderReport } from './decoder.ts'
import { benchLatency, LATENCY_PLAN } from './latency.ts'
import { describeMachine, machineLine } from './machine.ts'
import { contextBuilderReport, latencyReport } from './report.ts'
import { save } from './save.ts'
import { openWorkspace } from './workspace.ts'

export interface BenchRequest {
  readonly rounds: number
  readonly seconds: number
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

interface Outcome {
  readonly results: unknown
  readonly report: string
}

const contextBuilder = async ({ rounds, ...rest }: BenchRequest): Promise<Outcome> => {
  const { env, signal, log } = rest
  const needs = ['KAFKA_BROKERS', 'REDIS_URL'] as const
  await using workspace = await openWorkspace(needs, env, log, signal)
  const results = []
  for (const workload of WORKLOADS) {
    log(`measuring: ${workload.name}`)
    results.push(
      await benchWorkload(workload, workspace, { ...CONTEXT_BUILDER_PLAN, rounds }, signal),
    )
  }
  return { results, report: results.map(contextBuilderReport).join('\n\n') }
}

const latency = async ({ seconds, env, signal, log }: BenchRequest): Promise<Outcome> => {
  const needs = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'] as const
  await using workspace = await openWorkspace(needs, env, log, signal)
  log('measuring latency')
  const results = await benchLatency(workspace, { ...LATENCY_PLAN, seconds }, signal)
  return { results, report: latencyReport(results) }
}

const decoder = async (): Promise<Outcome> => {
  const results = await benchDecoder()
  return { results, report: decoderReport(results) }
}

const BENCHES: Readonly<Record<string, (request: BenchRequest) => Promise<Outcome>>> = {
  'context-builder': contextBuilder,
  latency,
  decoder,
}

/** Runs the benchmark that is named, prints what it found, and keeps it where `--save` says so. */
export const runBench = async (
  args: readonly string[],
  around: Omit<BenchRequest, 'rounds' | 'seconds'>,
): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: String(CONTEXT_BUILDER_PLAN.rounds) },
      seconds: { type: 'string', default: String(LATENCY_PLAN.seconds) },
      save: { type: 'boolean', default: false },
    },
  })
  const name = positionals[0] ?? ''
  const bench = BENCHES[name]
  if (bench === undefined) throw new Error(`there are ${Object.keys(BENCHES).join(', ')}`)
  const request = { ...around, rounds: Number(values.rounds), seconds: Number(values.seconds) }
  const { results, report } = await bench(request)
  around.signal.throwIfAborted()
  const machine = describeMachine()
  console.log(`\n${report}\n\n${machineLine(machine)}`)
  if (values.save) console.log(`saved as ${save(name, { machine, results }, report)}`)
}
