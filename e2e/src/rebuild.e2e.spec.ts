import { createKafka, spansOf, type Kafka } from '@kubesift/adapter-kafka'
import { connectRedis, ensureConnected, StateStore } from '@kubesift/adapter-redis'
import { signals } from '@kubesift/contracts'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startPipeline, untilReady, type Pipeline } from './pipeline/processes.ts'
import { essence, Reader } from './pipeline/reader.ts'
import { Sender } from './pipeline/sender.ts'
import { leaseAt } from './pipeline/watched.ts'
import { requestsOf } from './scenario.ts'

const RECORDED = requestsOf('crashloop-bad-rollout')
const END = Math.max(...RECORDED.map((r) => r.at))
const MINUTE = 60_000
const CLUSTER = 'lab'
const WITHIN = { timeout: 90_000, interval: 250 }
const PARTITIONS = Array.from({ length: 12 }, (_, i) => i)

let backing: TestBacking
let kafka: Kafka
let pipeline: Pipeline
let sender: Sender
let reader: Reader

beforeAll(async () => {
  backing = await testBacking()
  kafka = createKafka({
    brokers: backing.kafkaBrokers.split(','),
    clientId: 'test',
    topicPrefix: backing.topicPrefix,
  })
  pipeline = await startPipeline(backing, { BLIND_AFTER_MS: '6000' })
  await Promise.all(Object.values(pipeline.stages).map((stage) => untilReady(stage)))
  sender = new Sender(backing)
  reader = new Reader(backing)
})

afterAll(async () => {
  await reader.stop()
  await sender.close()
  await pipeline.stop()
  await backing.dispose()
})

const withStore = async <T>(work: (store: StateStore) => Promise<T>): Promise<T> => {
  const redis = connectRedis(backing.redisUrl)
  try {
    await ensureConnected(redis)
    return await work(new StateStore(redis, `kubesift:${backing.topicPrefix}`))
  } finally {
    redis.disconnect()
  }
}

/** Takes everything away that Redis knows of this pipeline. */
const lose = async (): Promise<void> => {
  const redis = connectRedis(backing.redisUrl)
  await ensureConnected(redis)
  const keys = await redis.keys(`kubesift:${backing.topicPrefix}*`)
  if (keys.length > 0) await redis.del(...keys)
  redis.disconnect()
}

/** Retention took what is in `signals` now, or its first half. */
const expire = async (part: number): Promise<void> => {
  const admin = kafka.client.admin()
  await admin.connect()
  const topic = kafka.named(signals.topic)
  const spans = await spansOf(kafka, signals.topic)
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({
    topic,
    partitions: [...spans].map(([partition, { from, to }]) => ({
      partition,
      offset: String(from + Math.floor((to - from) * part)),
    })),
  })
  await admin.disconnect()
}

const areWhole = async (): Promise<void> => {
  const stands = await withStore((store) => store.standings(PARTITIONS))
  expect([...stands.values()].filter(({ isWhole }) => isWhole)).toHaveLength(PARTITIONS.length)
}

const statuses = (problem: string): string[] =>
  reader.of(CLUSTER).flatMap((i) => (i.problem === problem ? [i.status] : []))

/**
 * What must not change: of a state that lasts it is known again only since when it was told of after the oldest record, and examples and
 * evidence are of what is left.
 */
const standing = (): unknown =>
  essence(CLUSTER, reader.of(CLUSTER)).map(
    ({
      evidence: _e,
      objects: _o,
      hypothesis: _h,
      lastSeenAt: _l,
      reasons,
      spells,
      ...incident
    }) => ({
      ...incident,
      reasons: reasons.map(({ lastAt: _at, message: _m, ...reason }) => reason),
      spells: spells.map(({ to: _to, ...spell }) => spell),
    }),
  )

const opened = (): string[] =>
  [...reader.events.values()]
    .filter(({ type }) => type === 'opened' || type === 'reopened')
    .map(({ incidentId }) => incidentId)
    .sort()

test('incidents are what they were when Redis and the oldest records are lost and a process is killed on the way', async () => {
  await sender.send(CLUSTER, RECORDED)
  await vi.waitFor(() => expect(statuses('CrashLoop')).toEqual(['open']), WITHIN)
  await vi.waitFor(() => expect(statuses('Blind')).toEqual(['open']), WITHIN)
  // Transitions are a topic of their own: one may be read later than the incident that it is of.
  const known = (): string[] => reader.of(CLUSTER).map(({ id }) => id)
  await vi.waitFor(() => expect(new Set(opened())).toEqual(new Set(known())), WITHIN)
  const before = standing()
  const told = opened()
  const second = await pipeline.add('assemble-2', 'assemble')
  for (const part of [0.5, 1]) {
    await pipeline.stages.assemble.end('SIGKILL')
    await second.end('SIGKILL')
    await expire(part)
    await lose()
    pipeline.stages.assemble.start()
    second.start()
    await vi.waitFor(async () => {
      const stands = await withStore((store) => store.standings(PARTITIONS))
      expect(stands.size).toBeGreaterThan(0)
    }, WITHIN)
    // In the middle of it.
    await pipeline.stages.assemble.end('SIGKILL')
    pipeline.stages.assemble.start()
    await vi.waitFor(areWhole, WITHIN)
    expect(standing()).toEqual(before)
  }
  // It is back, and goes on: what was open ends, and nothing has opened twice.
  // It is told again and again, as a cluster does: after one record it would be out of sight once more, in the same batch for a slow reader.
  let seconds = 0
  await vi.waitFor(
    async () => {
      await sender.send(CLUSTER, [leaseAt(END + 20 * MINUTE + (seconds += 1) * 1000)])
      expect(statuses('Blind')).toEqual(['resolved'])
    },
    { ...WITHIN, interval: 1_000 },
  )
  await sender.send(
    CLUSTER,
    Array.from({ length: 5 }, (_, i) => leaseAt(END + (21 + i) * MINUTE)),
  )
  await vi.waitFor(areWhole, WITHIN)
  expect(statuses('CrashLoop')).toHaveLength(1)
  expect(opened()).toEqual(told)
}, 300_000)
