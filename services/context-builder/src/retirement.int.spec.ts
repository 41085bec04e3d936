import { createKafka, createProducer, ensureTopics, type Kafka } from '@kubesift/adapter-kafka'
import { connectRedis } from '@kubesift/adapter-redis'
import { OTEL_LOGS, otelPolicy } from '@kubesift/contracts'
import {
  createLogger,
  loadConfig,
  runtimeEnv,
  startService,
  type RunningService,
} from '@kubesift/runtime'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { FOLDED, unfold } from './assemble/folded.ts'
import { configSchema } from './config.ts'
import { contextBuilder } from './context-builder.ts'
import {
  AT,
  backOff,
  HOUR,
  leaseAt,
  MINUTE,
  podAt,
  requestOf,
  saying,
  Told,
} from './retirement.spec-helper.ts'

let backing: TestBacking
let kafka: Kafka
let redis: ReturnType<typeof connectRedis>
let told: Told
let services: RunningService[] = []

const settings = (more: Readonly<Record<string, string>> = {}) =>
  loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    REDIS_URL: backing.redisUrl,
    RETIRE_AFTER_MS: String(HOUR),
    ALLOWED_LATENESS_MS: '0',
    PROGRESS_MS: '200',
    PROGRESS_IDLE_MS: '400',
    REFRESH_MS: '0',
    HEALTH_PORT: '0',
    ...more,
  })

const start = async (more: Readonly<Record<string, string>> = {}): Promise<RunningService> => {
  const service = await startService(
    contextBuilder(settings(more), createLogger('context-builder', 'warn')),
  )
  services.push(service)
  return service
}

beforeEach(async () => {
  services = []
  backing = await testBacking()
  kafka = createKafka({
    brokers: backing.kafkaBrokers.split(','),
    clientId: 'test',
    topicPrefix: backing.topicPrefix,
  })
  await ensureTopics(kafka, [{ topic: OTEL_LOGS, policy: otelPolicy }])
  redis = connectRedis(backing.redisUrl)
  await redis.connect().catch(() => undefined)
  told = new Told(kafka)
})

afterEach(async () => {
  for (const service of services) await service.stop()
  await told.stop()
  redis.disconnect()
  await backing.dispose()
})

const send = async (...values: readonly Uint8Array[]): Promise<void> => {
  const producer = createProducer(kafka)
  await producer.publishRaw(
    OTEL_LOGS,
    values.map((value) => ({ value, partition: 3 })),
  )
  await producer.disconnect()
}

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 30_000, interval: 200 })

/** Since when nothing comes, and which names were ever heard. */
const BESIDE: ReadonlySet<string> = new Set(['idle', 'names'])

/** The fields of the namespace `shop` in Redis, and how many chunks there are beside them. */
const stored = async (): Promise<{ fields: string[]; chunks: number }> => {
  const [fields] = await redis.keys(`kubesift:${backing.topicPrefix}*:ns:lab/shop`)
  const [chunks] = await redis.keys(`kubesift:${backing.topicPrefix}*:chunks:lab/shop`)
  const found = fields === undefined ? {} : await redis.hgetall(fields)
  // Idle for long it is folded: what is in it is the same.
  const folded = found[FOLDED]
  const names = folded === undefined ? Object.keys(found) : unfold('', folded).map(([name]) => name)
  return {
    fields: names.filter((name) => !BESIDE.has(name)).sort(),
    chunks: chunks === undefined ? 0 : await redis.llen(chunks),
  }
}

const POD = { name: 'web-5d4f8c9b7d-x2x4z', uid: 'pod-uid' }
const first = backOff('event-1', POD, { count: 5, first: AT, last: AT + 4 * MINUTE })
const trouble = [podAt(AT, POD), first, podAt(AT + 5 * MINUTE, POD, 'DELETED')]

/** Hours of the cluster pass, one after the other, until its facts have left Redis; answers the last one. */
const untilRetired = async (from: number, late: readonly string[] = []): Promise<number> => {
  let hour = from
  await eventually(async () => {
    await send(requestOf(leaseAt(AT + (hour += 1) * HOUR)))
    expect(await stored()).toEqual({
      fields: [...late, 'm:Deployment/web', 'r:Deployment/web'],
      chunks: 0,
    })
  })
  return hour
}

test('the facts of an incident that is over leave Redis; what repeats it is too late, and new trouble counts on', async () => {
  await start()
  await send(requestOf(...trouble))
  await eventually(() => expect(told.of('web')).toMatchObject({ occurrenceCount: 5 }))
  const hour = await untilRetired(0)
  expect(told.of('web')?.spells).toMatchObject([{ count: 5, recovery: { by: 'owner_deleted' } }])
  const said = told.contexts.length

  await send(requestOf(backOff('event-1', POD, { count: 4, first: AT, last: AT + 3 * MINUTE })))
  await eventually(() =>
    expect(told.ledgers).toEqual([
      {
        cluster: 'lab',
        namespace: 'shop',
        kinds: { Pod: { records: 1, occurrences: 4, newestAt: AT + 3 * MINUTE } },
      },
    ]),
  )
  expect(told.contexts).toHaveLength(said)

  const again = { name: 'web-5d4f8c9b7d-q9q9q', uid: 'other-pod' }
  const at = AT + hour * HOUR + MINUTE
  await send(
    requestOf(
      podAt(at, again),
      backOff('event-2', again, { count: 3, first: at, last: at + MINUTE }),
    ),
  )
  await eventually(() =>
    expect(told.of('web')).toMatchObject({
      occurrenceCount: 8,
      countQuality: 'exact',
      spells: [{ count: 5 }, { count: 3, recovery: null }],
    }),
  )
  expect(told.ledgers).toHaveLength(1)
})

test('all records once more after the retirement, and after a restart, change no count and tell nothing else', async () => {
  const service = await start()
  await send(requestOf(...trouble))
  const hour = await untilRetired(0)
  await service.stop()
  const before = told.of('web')!
  const { length } = told.contexts

  // Another group has committed nothing: `normalise` reads all raw records from their beginning, and tells them anew.
  await start({ KAFKA_GROUP_ID: 'another' })
  await eventually(() => expect(told.ledgers.at(-1)?.kinds).toMatchObject({ Pod: { records: 1 } }))
  await untilRetired(hour, ['late'])
  for (const context of told.contexts.slice(length)) expect(saying(context)).toEqual(saying(before))
})

test('another process takes over in the middle of it, with another time to retire: counts go on', async () => {
  const service = await start({ RETIRE_AFTER_MS: String(100 * HOUR) })
  await send(requestOf(...trouble))
  await eventually(() => expect(told.of('web')).toMatchObject({ occurrenceCount: 5 }))
  await send(requestOf(leaseAt(AT + 12 * HOUR)))
  await eventually(() =>
    expect(told.of('web')?.spells).toMatchObject([{ recovery: { by: 'owner_deleted' } }]),
  )
  expect((await stored()).fields).not.toContain('r:Deployment/web')
  await start()
  await service.stop()
  // A day at once, as after a laptop has slept.
  const at = AT + (await untilRetired(36)) * HOUR + MINUTE
  await start({ RETIRE_AFTER_MS: String(100 * HOUR) })
  await send(requestOf(backOff('event-2', POD, { count: 2, first: at, last: at })))
  await eventually(() =>
    expect(told.of('web')).toMatchObject({
      occurrenceCount: 7,
      spells: [{ count: 5 }, { count: 2 }],
    }),
  )
  expect(told.ledgers).toEqual([])
})

test('a time that is no time, or shorter than incidents can be opened again, is refused by name', () => {
  for (const wrong of ['-1', '0', '1000', '3599999', '1.5', 'soon']) {
    expect(() => settings({ RETIRE_AFTER_MS: wrong })).toThrow(/RETIRE_AFTER_MS/)
  }
})
