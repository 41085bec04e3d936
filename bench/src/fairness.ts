import { randomBytes } from 'node:crypto'
import {
  createKafka,
  createProducer,
  groupLagOf,
  partitionOf,
  type Kafka,
} from '@kubesift/adapter-kafka'
import { Database } from '@kubesift/adapter-postgres'
import { namespaceKey, signals } from '@kubesift/contracts'
import { startPipeline, untilReady, type Pipeline } from '@kubesift/e2e'
import {
  sideOf,
  sidesOf,
  type FairnessResult,
  type FairTurn,
  type Side,
  type Worked,
} from './fair-turns.ts'
import { SETTINGS } from './latency.ts'
import { Load, perTick, type LoadBench } from './load.ts'
import { Probes } from './probes.ts'
import { cpuMsOf } from './process-cpu.ts'
import { Storm, STORM, type StormShape } from './storm.ts'
import type { Workspace } from './workspace.ts'

export interface FairnessPlan {
  /** Records of all namespaces together. */
  readonly rates: readonly number[]
  /** What one namespace has of them. */
  readonly heavyShare: number
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly probesPerSecond: number
}

export const FAIRNESS_PLAN: FairnessPlan = {
  rates: [1_000, 5_000],
  heavyShare: 0.9,
  rounds: 2,
  seconds: 20,
  warmUpSeconds: 10,
  probesPerSecond: 10,
}

/** A namespace of a batch cluster: many workloads of many pods. */
const HEAVY: StormShape = {
  ...STORM,
  namespaces: 1,
  ownersPerNamespace: 500,
  podsPerOwner: 4,
  prefix: 'heavy',
}
const LATE_MS = 30_000
const READERS = [
  ['normalise', 'context-builder-normalise', 'otel-logs'],
  ['assemble', 'context-builder-assemble', signals.topic],
] as const satisfies readonly (readonly [Worked, string, string])[]

interface Bench extends LoadBench {
  readonly kafka: Kafka
  readonly pipeline: Pipeline
  readonly plan: FairnessPlan
}

/**
 * All five stages as processes. The others' records come at the same rate in every turn, with probes among them; in every second turn one
 * namespace more has its share of the load beside them. Each turn is a cluster of its own.
 */
export const benchFairness = async (
  workspace: Workspace,
  plan: FairnessPlan,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<readonly FairnessResult[]> => {
  const topicPrefix = `fair${randomBytes(4).toString('hex')}-`
  const brokers = workspace.kafkaBrokers.split(',')
  const kafka = createKafka({ brokers, clientId: 'bench', topicPrefix })
  const producer = createProducer(kafka)
  const database = new Database({ url: workspace.databaseUrl, applicationName: 'bench' })
  const pipeline = await startPipeline({ ...workspace, topicPrefix }, SETTINGS)
  const stop = new AbortController()
  const probes = new Probes(kafka, database)
  const bench = { producer, probes, signal, kafka, pipeline, plan }
  try {
    for (const stage of Object.values(pipeline.stages)) await untilReady(stage)
    await database.open()
    const watching = probes.watch(AbortSignal.any([stop.signal, signal])).then(() => [])
    return await Promise.race([atRates(bench, log), watching])
  } finally {
    stop.abort()
    await pipeline.stop()
    await Promise.all([producer.disconnect(), database.close()])
  }
}

const atRates = async (bench: Bench, log: (line: string) => void): Promise<FairnessResult[]> => {
  const { rates, rounds, heavyShare } = bench.plan
  const results: FairnessResult[] = []
  for (const rate of rates) {
    const turns: FairTurn[] = []
    for (const [n, side] of sidesOf(rounds).entries()) {
      log(`${rate} records/s, turn ${n + 1} of ${2 * rounds}: ${side}`)
      turns.push(await turnOf({ side, rate, name: `r${rate}t${n}` }, bench))
    }
    const [alone, beside] = [sideOf(turns, 'alone'), sideOf(turns, 'beside')]
    results.push({ recordsPerSecond: rate, heavyShare, alone, beside })
  }
  return results
}

interface Turn {
  readonly side: Side
  readonly rate: number
  readonly name: string
}

const turnOf = async ({ side, rate, name }: Turn, bench: Bench): Promise<FairTurn> => {
  const { plan, probes, pipeline, signal } = bench
  const heavyRate = rate * plan.heavyShare
  const since = Date.now() - 600_000
  const storm = (shape: StormShape, records: number): Storm =>
    new Storm({ ...shape, recordsPerMessage: perTick(records) }, name, since)
  const others = storm(STORM, rate - heavyRate)
  const storms: [Storm, ...Storm[]] =
    side === 'alone' ? [others] : [others, storm(HEAVY, heavyRate)]
  const load = new Load(storms, { name, probesPerSecond: plan.probesPerSecond }, bench)
  await load.run(plan.warmUpSeconds)
  probes.clear()
  const cpu = (stage: Worked): number => cpuMsOf(pipeline.stages[stage].pid ?? 0)
  const before = { normalise: cpu('normalise'), assemble: cpu('assemble') }
  const began = performance.now()
  const sent = await load.run(plan.seconds)
  const seconds = (performance.now() - began) / 1000
  const cpuMs = {
    normalise: cpu('normalise') - before.normalise,
    assemble: cpu('assemble') - before.assemble,
  }
  const left = await leftOf(bench.kafka)
  const late = performance.now() + LATE_MS
  while (probes.missing > 0 && performance.now() < late) {
    signal.throwIfAborted()
    await load.run(1, false)
  }
  const home = (key: string): number => partitionOf(key, signals.policy.partitions)
  const heavyHome = home(namespaceKey(name, 'heavy-0'))
  const turn = {
    side,
    probes: sent.probes,
    missing: probes.missing,
    context: probes.times('contextAt'),
    besideHeavy: probes.times('contextAt', (namespace) => home(namespace) === heavyHome),
    committed: probes.times('committedAt'),
    records: sent.records,
    seconds,
    cpuMs,
    left,
  }
  probes.clear()
  return turn
}

const leftOf = async (kafka: Kafka): Promise<Record<Worked, number>> => {
  const lags = READERS.map(async ([stage, groupId, topic]) => {
    return [stage, await groupLagOf(kafka, { groupId, topic })] as const
  })
  return Object.fromEntries(await Promise.all(lags)) as Record<Worked, number>
}
