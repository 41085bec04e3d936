import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKafka, createProducer, type Producer } from '@kubesift/adapter-kafka'
import { Database } from '@kubesift/adapter-postgres'
import { OTEL_LOGS, otelPolicy } from '@kubesift/contracts'
import { startPipeline, untilReady, type Pipeline } from '@kubesift/e2e'
import { quantile } from './interleaved.ts'
import { Probes } from './probes.ts'
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

export interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
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

/** One message of records each tick, as the gateway's batch processor would send them. */
const TICK_MS = 100
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

interface Bench {
  readonly producer: Producer
  readonly probes: Probes
  readonly signal: AbortSignal
}

const atRate = async (rate: number, plan: LatencyPlan, bench: Bench): Promise<LatencyResult> => {
  const { probes } = bench
  const shape = { ...STORM, recordsPerMessage: Math.round((rate * TICK_MS) / 1000) }
  const load = new Load(new Storm(shape, `bench-${rate}`, Date.now() - 600_000), rate, plan, bench)
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

const quantilesOf = (times: readonly number[]): Quantiles => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  max: quantile(times, 1),
})

class Load {
  readonly #storm: Storm
  readonly #rate: number
  readonly #plan: LatencyPlan
  readonly #bench: Bench
  #partition = 0
  #probe = 0

  constructor(storm: Storm, rate: number, plan: LatencyPlan, bench: Bench) {
    this.#storm = storm
    this.#rate = rate
    this.#plan = plan
    this.#bench = bench
  }

  /** Sends at the rate for so long. */
  async run(
    seconds: number,
    withProbes = true,
  ): Promise<{ readonly records: number; readonly probes: number }> {
    const { signal } = this.#bench
    const began = performance.now()
    const ticks = Math.round((seconds * 1000) / TICK_MS)
    const every = Math.max(1, Math.round(1000 / TICK_MS / this.#plan.probesPerSecond))
    const firstProbe = this.#probe
    const sending: Promise<void>[] = []
    for (let tick = 0; tick < ticks; tick += 1) {
      signal.throwIfAborted()
      await sleep(Math.max(0, began + tick * TICK_MS - performance.now()))
      const now = Date.now()
      for (const message of this.#storm.messages(1, now)) sending.push(this.#send(message))
      if (withProbes && tick % every === 0) sending.push(this.#sendProbe(now))
    }
    await Promise.all(sending)
    const records = Math.round((this.#rate * TICK_MS) / 1000) * ticks
    return { records, probes: this.#probe - firstProbe }
  }

  #sendProbe(now: number): Promise<void> {
    this.#probe += 1
    const owner = `probe-r${this.#rate}n${this.#probe}`
    const message = this.#storm.probe(owner, now)
    this.#bench.probes.sending(owner)
    return this.#send(message)
  }

  async #send(value: Uint8Array): Promise<void> {
    this.#partition = (this.#partition + 1) % otelPolicy.partitions
    await this.#bench.producer.publishRaw(OTEL_LOGS, [{ value, partition: this.#partition }])
  }
}

/** The settings of production, where the e2e tests have shorter ones. */
const SETTINGS = {
  KAFKA_SESSION_TIMEOUT_MS: '30000',
  PROGRESS_MS: '1000',
  PROGRESS_IDLE_MS: '5000',
  REFRESH_MS: '10000',
  LOG_LEVEL: 'warn',
}
