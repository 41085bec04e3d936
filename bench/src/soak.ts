import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKafka, createProducer, type Producer } from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'
import { connectRedis, ensureConnected } from '@kubesift/adapter-redis'
import { OTEL_LOGS, otelPolicy } from '@kubesift/contracts'
import {
  differences,
  disordered,
  essence,
  incidentsOfStorm,
  labelledStorm,
  Reader,
  requestOf,
  startPipeline,
  untilReady,
  type Said,
  type StormShape,
} from '@kubesift/e2e'
import { Chaos, type ChaosCounts } from './chaos.ts'
import type { Workspace } from './workspace.ts'

export interface SoakPlan {
  /** Real `kill -9`, at least. */
  readonly kills: number
  /** Labelled storms, side by side as clusters. */
  readonly storms: number
  readonly shape: Omit<StormShape, 'seed'>
}

export const SOAK_PLAN: SoakPlan = {
  kills: 200,
  storms: 3,
  shape: {
    nodes: 6,
    namespaces: 6,
    workloadsPerNamespace: 6,
    crashes: 8,
    images: 5,
    configs: 3,
    nodesDown: 1,
    rollOuts: 5,
  },
}

export interface SoakResult extends ChaosCounts {
  readonly storms: number
  readonly records: number
  readonly incidents: number
  readonly groups: number
  readonly seconds: number
  /** From the last record and the last fault until everything agreed. */
  readonly settledSeconds: number
  /** What differed from an undisturbed computation in the end, a line each. */
  readonly differences: readonly string[]
}

/** The lateness that the watermark allows: what was said after it is not decided yet. */
const LATENESS_MS = 120_000
const PER_MESSAGE = 20
const SETTLE_MS = 5 * 60_000
const DISORDER = { duplicates: 0.2, late: 0.3, lateMs: 60_000, unseenPods: 0 }

interface Storm {
  readonly cluster: string
  readonly messages: readonly Uint8Array[]
  readonly records: number
  readonly expected: ReturnType<typeof essence>
  readonly groups: number
}

const stormOf = (plan: SoakPlan, n: number): Storm => {
  const cluster = `soak-${n}`
  const { said, end } = labelledStorm({ ...plan.shape, seed: n })
  const sent = disordered(said, { ...DISORDER, seed: n })
  const messages: Uint8Array[] = []
  for (let i = 0; i < sent.length; i += PER_MESSAGE)
    messages.push(encodeLogs(requestOf(sent.slice(i, i + PER_MESSAGE), cluster)))
  const incidents = incidentsOfStorm(said, cluster, newestObjectOf(said, end) - LATENESS_MS)
  return {
    cluster,
    messages,
    records: sent.length,
    expected: essence(cluster, incidents),
    groups: new Set(incidents.map((i) => i.group)).size,
  }
}

const newestObjectOf = (said: readonly Said[], end: number): number =>
  said.reduce((at, s) => (s.t === 'object' && s.at > at ? s.at : at), Math.min(end, 0))

const send = async (
  producer: Producer,
  storms: readonly Storm[],
  steps: number,
  isOver: (step: number) => Promise<void>,
): Promise<void> => {
  let turn = 0
  for (let step = 0; step < steps; step += 1) {
    for (const { messages } of storms) {
      const from = Math.floor((step * messages.length) / steps)
      const to = Math.floor(((step + 1) * messages.length) / steps)
      const records = messages
        .slice(from, to)
        .map((value) => ({ value, partition: (turn += 1) % otelPolicy.partitions }))
      if (records.length > 0) await producer.publishRaw(OTEL_LOGS, records)
    }
    await isOver(step)
  }
}

/**
 * Labelled storms through two processes of every stage, while these are killed, suspended, joined and left by a third, and Redis loses
 * everything; then every incident is compared with what the core makes of the same records undisturbed.
 */
export const soak = async (
  workspace: Workspace,
  plan: SoakPlan,
  { signal, log }: { readonly signal: AbortSignal; readonly log: (line: string) => void },
): Promise<SoakResult> => {
  const topicPrefix = `soak${randomBytes(4).toString('hex')}-`
  const storms = Array.from({ length: plan.storms }, (_, i) => stormOf(plan, i + 1))
  const kafka = createKafka({
    brokers: workspace.kafkaBrokers.split(','),
    clientId: 'soak',
    topicPrefix,
  })
  const producer = createProducer(kafka)
  const redis = connectRedis(workspace.redisUrl)
  const pipeline = await startPipeline({ ...workspace, topicPrefix })
  const reader = new Reader({ kafkaBrokers: workspace.kafkaBrokers, topicPrefix })
  try {
    await Promise.all(Object.values(pipeline.stages).map((stage) => untilReady(stage)))
    const chaos = new Chaos(pipeline, async () => {
      await ensureConnected(redis)
      await redis.flushall()
    })
    await chaos.doubled()
    const began = performance.now()
    await send(producer, storms, plan.kills, async (step) => {
      signal.throwIfAborted()
      await chaos.next(step)
      if (step % 20 === 19) log(`${step + 1} of ${plan.kills} kills`)
    })
    await chaos.calm()
    const calm = performance.now()
    const left = await settled(reader, storms, signal)
    const now = performance.now()
    return {
      ...chaos.counts,
      storms: storms.length,
      records: storms.reduce((sum, { records }) => sum + records, 0),
      incidents: storms.reduce((sum, { expected }) => sum + expected.length, 0),
      groups: storms.reduce((sum, { groups }) => sum + groups, 0),
      seconds: (now - began) / 1000,
      settledSeconds: (now - calm) / 1000,
      differences: left,
    }
  } finally {
    await reader.stop()
    await pipeline.stop()
    await producer.disconnect()
    redis.disconnect()
  }
}

/** Waits until nothing differs any more; what still does after minutes is a fault. */
const settled = async (
  reader: Reader,
  storms: readonly Storm[],
  signal: AbortSignal,
): Promise<string[]> => {
  const until = performance.now() + SETTLE_MS
  for (;;) {
    signal.throwIfAborted()
    const left = storms.flatMap(({ cluster, expected }) =>
      differences(expected, essence(cluster, reader.of(cluster))).map(
        (line) => `${cluster} ${line}`,
      ),
    )
    if (left.length === 0 || performance.now() > until) return left
    await sleep(500, undefined, { signal })
  }
}

export const soakReport = (r: SoakResult): string =>
  [
    `${r.storms} labelled storms side by side: ${r.records.toLocaleString('en-US')} records, ${r.incidents} incidents in ${r.groups} groups`,
    `two processes of every stage; in ${Math.round(r.seconds)} s:`,
    ...Object.entries(r.kills).map(([stage, n]) => `  kill -9 of ${stage}: ${n}`),
    `  kill -9 in all: ${Object.values(r.kills).reduce((a, b) => a + b, 0)}`,
    `  suspended past their session and woken again: ${r.suspended}`,
    `  a third process joined and left: ${r.joined}`,
    `  Redis emptied: ${r.emptied}`,
    `agreed with the undisturbed computation ${r.settledSeconds.toFixed(1)} s after the last fault`,
    `differences in the end: ${r.differences.length}`,
    ...r.differences.slice(0, 20).map((line) => `  ${line.slice(0, 300)}`),
  ].join('\n')
