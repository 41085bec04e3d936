import { randomBytes } from 'node:crypto'
import { createKafka, createProducer, type Producer } from '@kubesift/adapter-kafka'
import { Database } from '@kubesift/adapter-postgres'
import { startPipeline, untilReady, type Pipeline } from '@kubesift/e2e'
import { Load, perTick, type LoadBench } from './load.ts'
import { Probes } from './probes.ts'
import { quantilesOf, type Quantiles } from './quantiles.ts'
import { Storm, STORM } from './storm.ts'
import type { Workspace } from './workspace.ts'

export interface LatencyPlan {
  readonly rates: readonly number[]
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly probesPerSecond: number
}

export const LATENCY_PLAN: LatencyPlan = {
  rates: [100, 1_000],
  seconds: 20,
  warmUpSeconds: 10,
  probesPerSecond: 5,
}

export interface LatencyResult {
  /** Wanted, and what the load really was. */
  readonly recordsPerSecond: number
  readonly sentPerSecond: number
  readonly probes: number
  readonly missing: number
  /** Until the incident is a row that another connection sees, asked every 10 ms. */
  readonly committed: Quantiles
  /** Until it has come out of the topic `incidents`. */
  readonly published: Quantiles
}

const LATE_MS = 30_000

/** All five stages as processes, under a storm at each rate, into which probes are sent that open incidents. */
export const benchLatency = async (
  workspace: Workspace,
  plan: LatencyPlan,
  signal: AbortSignal,
): Promise<readonly LatencyResult[]> => {
  const topicPrefix = `bench${randomBytes(4).toString('hex')}-`
  const kafka = createKafka({
    brokers: workspace.kafkaBrokers.split(','),
    clientId: 'bench',
    topicPrefix,
  })
  const producer = createProducer(kafka)
  const database = new Database({ url: workspace.databaseUrl, applicationName: 'bench' })
  const pipeline = await startPipeline({ ...workspace, topicPrefix }, SETTINGS)
  const stop = new AbortController()
  const probes = new Probes(kafka, database)
  try {
    for (const stage of Object.values(pipeline.stages)) await untilReady(stage)
    await database.open()
    const measure = async (): Promise<readonly LatencyResult[]> => {
      const results: LatencyResult[] = []
      for (const rate of plan.rates) {
        results.push(await atRate(rate, plan, { producer, probes, signal }))
      }
      return results
    }
    // Watching ends by an interruption, or fails: then nothing can be measured any more.
    const watching = probes.watch(AbortSignal.any([stop.signal, signal])).then(() => [])
    return await Promise.race([measure(), watching])
  } finally {
    stop.abort()
    await close(pipeline, producer, database)
  }
}

const close = async (pipeline: Pipeline, producer: Producer, database: Database): Promise<void> => {
  await pipeline.stop()
  await Promise.all([producer.disconnect(), database.close()])
}

const atRate = async (
  rate: number,
  plan: LatencyPlan,
  bench: LoadBench,
): Promise<LatencyResult> => {
  const { probes } = bench
  const shape = { ...STORM, recordsPerMessage: perTick(rate) }
  const storm = new Storm(shape, `bench-${rate}`, Date.now() - 600_000)
  const { probesPerSecond } = plan
  const load = new Load([storm], { name: `r${rate}`, probesPerSecond }, bench)
  await load.run(plan.warmUpSeconds)
  probes.clear()
  const began = performance.now()
  const sent = await load.run(plan.seconds)
  const lasted = (performance.now() - began) / 1000
  const late = performance.now() + LATE_MS
  while (probes.missing > 0 && performance.now() < late) {
    bench.signal.throwIfAborted()
    await load.run(1, false)
  }
  const committed = probes.times('committedAt')
  const result = {
    recordsPerSecond: rate,
    sentPerSecond: sent.records / lasted,
    probes: sent.probes,
    missing: probes.missing,
    committed: quantilesOf(committed),
    published: quantilesOf(probes.times('publishedAt')),
  }
  probes.clear()
  return result
}

/** The settings of production, where the e2e tests have shorter ones. */
export const SETTINGS = {
  KAFKA_SESSION_TIMEOUT_MS: '30000',
  PROGRESS_MS: '1000',
  PROGRESS_IDLE_MS: '5000',
  REFRESH_MS: '10000',
  LOG_LEVEL: 'warn',
}
