import { parseArgs } from 'node:util'
import { benchWorkload, CONTEXT_BUILDER_PLAN, WORKLOADS } from './context-builder.ts'
import { benchDecoder, decoderReport } from './decoder.ts'
import { benchFairness, FAIRNESS_PLAN } from './fairness.ts'
import { HOLDING_PLAN, measureHolding } from './holding.ts'
import { benchLatency, LATENCY_PLAN } from './latency.ts'
import { describeMachine, machineLine } from './machine.ts'
import {
  contextBuilderReport,
  fairnessReport,
  holdingReport,
  latencyReport,
  scaleReport,
} from './report.ts'
import { save } from './save.ts'
import { benchScale, SCALE_SIZES } from './scale.ts'
import { soak, SOAK_PLAN, soakReport } from './soak.ts'
import { openWorkspace } from './workspace.ts'

export interface BenchRequest {
  readonly rounds: number
  readonly seconds: number
  readonly kills: number
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly log: (line: string) => void
  /** What was found so far, in the words for people. */
  readonly show: (report: string) => void
}

const contextBuilder = async ({ rounds, ...rest }: BenchRequest): Promise<unknown> => {
  const { env, signal, log, show } = rest
  const needs = ['KAFKA_BROKERS', 'REDIS_URL'] as const
  await using workspace = await openWorkspace(needs, env, log, signal)
  const results = []
  for (const workload of WORKLOADS) {
    log(`measuring: ${workload.name}`)
    const plan = { ...CONTEXT_BUILDER_PLAN, rounds }
    const result = await benchWorkload(workload, workspace, plan, signal)
    show(contextBuilderReport(result))
    results.push(result)
  }
  const scale = await benchScale(SCALE_SIZES, signal, log)
  show(scaleReport(scale))
  return { workloads: results, scale }
}

const latency = async ({ seconds, env, signal, log, show }: BenchRequest): Promise<unknown> => {
  const needs = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'] as const
  await using workspace = await openWorkspace(needs, env, log, signal)
  log('measuring latency')
  const results = await benchLatency(workspace, { ...LATENCY_PLAN, seconds }, signal)
  show(latencyReport(results))
  return results
}

const fairness = async ({ seconds, env, signal, log, show }: BenchRequest): Promise<unknown> => {
  const needs = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'] as const
  log('measuring how long one namespace holds assemble')
  const holding = measureHolding(HOLDING_PLAN)
  show(holdingReport(holding))
  await using workspace = await openWorkspace(needs, env, log, signal)
  const rates = await benchFairness(workspace, { ...FAIRNESS_PLAN, seconds }, signal, log)
  show(fairnessReport(rates))
  return { holding, rates }
}

const decoder = async ({ show }: BenchRequest): Promise<unknown> => {
  const results = await benchDecoder()
  show(decoderReport(results))
  return results
}

const soaking = async ({ kills, env, signal, log, show }: BenchRequest): Promise<unknown> => {
  const needs = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'] as const
  await using workspace = await openWorkspace(needs, env, log, signal)
  log('soaking')
  const result = await soak(workspace, { ...SOAK_PLAN, kills }, { signal, log })
  show(soakReport(result))
  return result
}

const BENCHES: Readonly<Record<string, (request: BenchRequest) => Promise<unknown>>> = {
  'context-builder': contextBuilder,
  latency,
  fairness,
  decoder,
  soak: soaking,
}

/** Runs the benchmark that is named, prints what it found, and keeps it where `--save` says so. */
export const runBench = async (
  args: readonly string[],
  around: Omit<BenchRequest, 'rounds' | 'seconds' | 'kills' | 'show'>,
): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: String(CONTEXT_BUILDER_PLAN.rounds) },
      seconds: { type: 'string', default: String(LATENCY_PLAN.seconds) },
      kills: { type: 'string', default: String(SOAK_PLAN.kills) },
      save: { type: 'boolean', default: false },
    },
  })
  const name = positionals[0] ?? ''
  const bench = BENCHES[name]
  if (bench === undefined) throw new Error(`there are ${Object.keys(BENCHES).join(', ')}`)
  const reports: string[] = []
  const show = (report: string): void => {
    reports.push(report)
    console.log(`\n${report}`)
  }
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
  const kills = Number(values.kills)
  const results = await bench({ ...around, rounds, seconds, kills, show })
  around.signal.throwIfAborted()
  const machine = describeMachine()
  console.log(`\n${machineLine(machine)}`)
  if (!values.save) return
  console.log(`saved as ${save(name, { machine, results }, reports.join('\n\n'))}`)
}
