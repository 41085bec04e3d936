import {
  createKafka,
  createProducer,
  ensureTopics,
  partitionOf,
  spansOf,
  type Kafka,
} from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'
import { connectRedis, ensureConnected, StateStore } from '@kubesift/adapter-redis'
import { namespaceKey, OTEL_LOGS, otelPolicy, signals, type Context } from '@kubesift/contracts'
import {
  createLogger,
  loadConfig,
  runtimeEnv,
  startService,
  type RunningService,
} from '@kubesift/runtime'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { configSchema } from './config.ts'
import { contextBuilder } from './context-builder.ts'
import { Contexts } from './contexts.spec-helper.ts'
import { backOff } from './rebuild.spec-helper.ts'

const recorded = (name: string): Uint8Array[] => {
  const path = `../../../e2e/recordings/crashloop-bad-rollout/${name}.otlp.jsonl.gz`
  return gunzipSync(readFileSync(new URL(path, import.meta.url)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => encodeLogs(JSON.parse(line)))
}

const PARTITIONS = Array.from({ length: 12 }, (_, i) => i)

let backing: TestBacking
let kafka: Kafka
let contexts: Contexts
let service: RunningService | undefined

const start = async (): Promise<void> => {
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    REDIS_URL: backing.redisUrl,
    CONTEXT_BUILDER_ROLE: 'both',
    DEFAULT_CLUSTER: 'lab',
    PROGRESS_MS: '200',
    REFRESH_MS: '0',
    HEALTH_PORT: '0',
    LOG_LEVEL: 'warn',
  })
  service = await startService(contextBuilder(config, createLogger('context-builder', 'warn')))
}

const stop = async (): Promise<void> => {
  expect(await service?.stop()).toBe(0)
  service = undefined
}

beforeEach(async () => {
  backing = await testBacking()
  kafka = createKafka({
    brokers: backing.kafkaBrokers.split(','),
    clientId: 'test',
    topicPrefix: backing.topicPrefix,
  })
  await ensureTopics(kafka, [{ topic: OTEL_LOGS, policy: otelPolicy }])
  contexts = new Contexts(kafka)
})

afterEach(async () => {
  await service?.stop()
  service = undefined
  await contexts.stop()
  await backing.dispose()
})

const send = async (requests: readonly Uint8Array[]): Promise<void> => {
  const producer = createProducer(kafka)
  await producer.publishRaw(
    OTEL_LOGS,
    requests.map((value, i) => ({ value, partition: i % 12 })),
  )
  await producer.disconnect()
}

const withRedis = async <T>(
  work: (redis: ReturnType<typeof connectRedis>) => Promise<T>,
): Promise<T> => {
  const redis = connectRedis(backing.redisUrl)
  try {
    await ensureConnected(redis)
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

const withStore = <T>(work: (store: StateStore) => Promise<T>): Promise<T> =>
  withRedis((redis) => work(new StateStore(redis, `kubesift:${backing.topicPrefix}`)))

/** What the keys begin with of the partition in which this namespace is at home. */
const keysOf = ({ cluster, namespace }: Context): string =>
  `kubesift:${backing.topicPrefix}{signals-${partitionOf(namespaceKey(cluster, namespace), PARTITIONS.length)}}:2:`

const lose = (): Promise<unknown> =>
  withStore((store) => Promise.all(PARTITIONS.map((p) => store.forget(p))))

/** Retention took everything that is in `signals` now. */
const expire = async (): Promise<void> => {
  const admin = kafka.client.admin()
  await admin.connect()
  const spans = await spansOf(kafka, signals.topic)
  // kafkajs deletes only of topics that this client has asked about before
  await admin.fetchTopicOffsets(kafka.named(signals.topic))
  await admin.deleteTopicRecords({
    topic: kafka.named(signals.topic),
    partitions: [...spans].map(([partition, { to }]) => ({ partition, offset: String(to) })),
  })
  await admin.disconnect()
}

const crashLoop = (): Context | undefined =>
  [...contexts.byKey.values()].find((c) => c.problem === 'CrashLoop' && c.movedTo === undefined)

const backOffs = (context = crashLoop()): number | undefined =>
  context?.reasons.find((r) => r.reason === 'BackOff')?.count

const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 45_000, interval: 200 })

/** What a context says, without what moves with time and place: which records told a thing first depends on the order of arrival. */
const saying = (context: Context | undefined): unknown => {
  if (context === undefined) return undefined
  const { version: _v, watermark: _w, traceparent: _t, cause: _c, gaps: _g, ...rest } = context
  return { ...rest, evidence: rest.evidence.map(({ records: _r, ...said }) => said) }
}

/** Everything is applied, and nothing has been told for a while. */
const caughtUp = async (): Promise<void> => {
  const spans = await spansOf(kafka, signals.topic)
  await until(async () => {
    const stands = await withStore((store) => store.standings(PARTITIONS))
    for (const [partition, { to }] of spans)
      expect(stands.get(partition)?.next ?? 0).toBeGreaterThanOrEqual(to)
  })
  const isQuiet = async (): Promise<void> => {
    const told = contexts.all.length
    await sleep(1_000)
    expect(contexts.all.length).toBe(told)
  }
  await until(isQuiet)
}

test('a lost state is made again from the records: the same is said, under a new epoch, and never less meanwhile', async () => {
  await start()
  await send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(backOffs()).toBe(11))
  await caughtUp()
  const before = crashLoop()
  const told = contexts.all.length
  await lose()
  await until(() => expect(crashLoop()?.version.epoch).toBe(2))
  expect(saying(crashLoop())).toEqual(saying(before))
  const since = contexts.all.slice(told).filter((c) => c.key === before!.key)
  expect(since.filter((c) => backOffs(c) !== 11)).toEqual([])
})

test('what is not left in the records is taken from the contexts: counts go on where they stood', async () => {
  await start()
  await send([backOff('a', 4, 30), backOff('b', 2, 20)])
  await until(() => expect(backOffs()).toBe(6))
  await caughtUp()
  const before = crashLoop()!
  await stop()
  await expire()
  await lose()
  await start()
  await send([backOff('c', 3, 1)])
  await until(() => expect(backOffs()).toBe(9))
  const after = crashLoop()!
  expect(after.version.epoch).toBe(2)
  expect(after.occurrenceCount).toBe(9)
  expect(after.firstSeenAt).toBe(before.firstSeenAt)
  const { from, openedAt } = before.spells[0]!
  expect(after.spells).toEqual([
    expect.objectContaining({ from, openedAt, count: 9, recovery: null }),
  ])
  // Told once more it is none of the kept sum: that is known to have come too late.
  await send([backOff('a', 4, 30), backOff('c', 4, 1)])
  await until(() => expect(backOffs()).toBe(10))
})

test('a process that is killed while it makes a state again is followed by one that goes on', async () => {
  await start()
  await send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(backOffs()).toBe(11))
  await caughtUp()
  const before = crashLoop()
  await stop()
  await lose()
  // What a process leaves that dies right after it began: a state from the oldest record, and nothing applied.
  await start()
  await until(async () => {
    const stands = await withStore((store) => store.standings(PARTITIONS))
    expect([...stands.values()].some(({ until: end }) => end !== null)).toBe(true)
  })
  await stop()
  await start()
  await until(() => expect(crashLoop()?.version.epoch).toBe(2))
  expect(saying(crashLoop())).toEqual(saying(before))
})

test('a process that dies while it publishes a state again is followed by one that publishes the rest and says that it is whole', async () => {
  await start()
  await send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(backOffs()).toBe(11))
  await caughtUp()
  await lose()
  await until(() => expect(crashLoop()?.version.epoch).toBe(2))
  const areWhole = async (): Promise<void> => {
    const stands = await withStore((store) => store.standings(PARTITIONS))
    expect([...stands.values()].filter(({ isWhole }) => isWhole)).toHaveLength(PARTITIONS.length)
  }
  await until(areWhole)
  await stop()
  const before = crashLoop()!
  const told = contexts.all.length
  // As it stood before the last of what was owed went out.
  const key = keysOf(before)
  const mine = namespaceKey(before.cluster, before.namespace)
  await withRedis((redis) =>
    redis
      .multi()
      .hdel(`${key}meta`, 'whole')
      .sadd(`${key}pending`, mine)
      .rpush(`${key}measured`, 'left over')
      .exec(),
  )
  await start()
  await until(areWhole)
  await until(() =>
    expect(contexts.all.slice(told).filter((c) => c.key === before.key)).toHaveLength(1),
  )
  expect(saying(crashLoop())).toEqual(saying(before))
  expect(await withRedis((redis) => redis.exists(`${key}measured`))).toBe(0)
})

test('a state that is lost again while it is made, and once more when it is whole, is made under newer epochs each time', async () => {
  await start()
  await send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(backOffs()).toBe(11))
  await caughtUp()
  const before = crashLoop()
  const told = contexts.all.length
  await lose()
  await lose()
  await until(() => expect(crashLoop()?.version.epoch).toBe(3))
  // One partition alone, and all of it, its epoch too.
  await withRedis(async (redis) => redis.del(...(await redis.keys(`${keysOf(before!)}*`))))
  await until(() => expect(crashLoop()?.version.epoch).toBe(4))
  expect(saying(crashLoop())).toEqual(saying(before))
  const since = contexts.all.slice(told).filter((c) => c.key === before!.key)
  expect(since.filter((c) => backOffs(c) !== 11)).toEqual([])
  const epochs = since.map(({ version }) => version.epoch)
  expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
})
