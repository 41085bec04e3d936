import {
  consumeBatches,
  createKafka,
  createProducer,
  ensureTopics,
  type Kafka,
} from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'
import { deadLetterTopicOf, incidentContexts, OTEL_LOGS, otelPolicy } from '@kubesift/contracts'
import {
  createLogger,
  loadConfig,
  runtimeEnv,
  startService,
  type RunningService,
} from '@kubesift/runtime'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { configSchema } from './config.ts'
import { contextBuilder } from './context-builder.ts'
import { Contexts } from './contexts.spec-helper.ts'

const lines = (name: string): string[] =>
  gunzipSync(
    readFileSync(
      new URL(
        `../../../e2e/recordings/crashloop-bad-rollout/${name}.otlp.jsonl.gz`,
        import.meta.url,
      ),
    ),
  )
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')

/** What was parked of the raw topic. */
const parked = (): { letters: Record<string, string>[]; stop: () => Promise<void> } => {
  const letters: Record<string, string>[] = []
  const stopping = new AbortController()
  const running = consumeBatches({
    kafka,
    topic: deadLetterTopicOf(OTEL_LOGS),
    groupId: 'letters',
    handle: async (batch) => {
      letters.push(...batch.records.map((r) => ({ ...r.headers })))
      return { through: batch.lastOffset }
    },
  }).run(stopping.signal)
  return {
    letters,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

let backing: TestBacking
let kafka: Kafka
let service: RunningService | undefined
let contexts: Contexts | undefined

const start = (role = 'both'): Promise<RunningService> => {
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    REDIS_URL: backing.redisUrl,
    CONTEXT_BUILDER_ROLE: role,
    DEFAULT_CLUSTER: 'lab',
    PROGRESS_MS: '200',
    HEALTH_PORT: '0',
    LOG_LEVEL: 'warn',
  })
  return startService(contextBuilder(config, createLogger('context-builder', 'warn')))
}

beforeEach(async () => {
  backing = await testBacking()
  kafka = createKafka({
    brokers: backing.kafkaBrokers.split(','),
    clientId: 'test',
    topicPrefix: backing.topicPrefix,
  })
  await ensureTopics(kafka, [{ topic: OTEL_LOGS, policy: otelPolicy }])
})

afterEach(async () => {
  await service?.stop()
  await contexts?.stop()
  await backing.dispose()
})

/** JSON as the Collector writes it into a body. */
const anyValue = (json: unknown): object => {
  if (typeof json === 'number') return { intValue: String(json) }
  if (typeof json !== 'object' || json === null) return { stringValue: String(json) }
  return {
    kvlistValue: {
      values: Object.entries(json).map(([key, value]) => ({ key, value: anyValue(value) })),
    },
  }
}

const send = async (requests: readonly Uint8Array[]): Promise<void> => {
  const producer = createProducer(kafka)
  await producer.publishRaw(
    OTEL_LOGS,
    requests.map((value, i) => ({ value, partition: i % 12 })),
  )
  await producer.disconnect()
}

test('a recorded crash loop becomes one context with exact counts, and a poison record is parked beside it', async () => {
  service = await start()
  contexts = new Contexts(kafka)
  const requests = [...lines('events'), ...lines('objects')].map((line) =>
    encodeLogs(JSON.parse(line)),
  )
  await send([Buffer.from('\xff not otlp'), ...requests])
  await vi.waitFor(
    () => {
      const found = [...contexts!.byKey.values()].filter((c) => c.movedTo === undefined)
      expect(found.map((c) => c.key)).toEqual(['lab/shop-crash/Deployment/checkout/CrashLoop'])
      expect(found[0]!.reasons).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ reason: 'BackOff', count: 11, quality: 'exact' }),
          expect.objectContaining({ reason: 'Unhealthy', count: 5 }),
        ]),
      )
      expect(found[0]!.changes[0]).toMatchObject({ kind: 'rollout', failingPodsAreNew: true })
    },
    { timeout: 30_000, interval: 200 },
  )
  const dead = parked()
  await vi.waitFor(() => expect(dead.letters).toHaveLength(1), { timeout: 30_000, interval: 200 })
  await dead.stop()
  expect(dead.letters[0]).toMatchObject({ 'dlq-topic': OTEL_LOGS, 'dlq-stage': 'normalise' })
  expect(dead.letters[0]!['dlq-error']).toContain('OTLP request unreadable')
})

test('a namespace goes on where it stood after a restart, with Redis as its memory', async () => {
  service = await start()
  contexts = new Contexts(kafka)
  const events = lines('events').map((line) => encodeLogs(JSON.parse(line)))
  const half = 36 // three of the eleven back-offs are before it
  const count = (): number | undefined =>
    [...contexts!.byKey.values()]
      .find((c) => c.problem === 'CrashLoop')
      ?.reasons.find((r) => r.reason === 'BackOff')?.count
  await send(events.slice(0, half))
  await vi.waitFor(() => expect(count()).toBeGreaterThan(0), { timeout: 30_000, interval: 200 })
  expect(await service.stop()).toBe(0)
  service = await start()
  await send(events.slice(half))
  await vi.waitFor(() => expect(count()).toBe(11), { timeout: 30_000, interval: 200 })
})

test('a context that its topic can never take stops neither the others nor, after a restart, the partition', async () => {
  await ensureTopics(kafka, [
    {
      topic: incidentContexts.topic,
      policy: { ...incidentContexts.policy, maxMessageBytes: 8_000 },
    },
  ])
  service = await start()
  contexts = new Contexts(kafka)
  const event = (i: number, name: string): unknown => ({
    kind: 'Event',
    metadata: { uid: `${name}-${i}`, namespace: 'n' },
    involvedObject: { kind: 'Deployment', namespace: 'n', name },
    reason: `Boom${i}`,
    type: 'Warning',
    message: 'x'.repeat(1_000),
    count: 9,
    firstTimestamp: '2026-11-21T01:00:00Z',
    lastTimestamp: '2026-11-21T01:30:00Z',
  })
  const logRecords = (events: readonly unknown[]): unknown[] =>
    events.map((e) => ({ body: anyValue(e) }))
  const requestOf = (events: readonly unknown[]): Uint8Array =>
    encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: logRecords(events) }] }] })
  const names = (): string[] => [...contexts!.byKey.values()].map((c) => c.owner.name)
  const large = Array.from({ length: 20 }, (_, i) => event(i, 'large'))
  await send([requestOf([...large, event(1, 'small')])])
  await vi.waitFor(() => expect(names()).toEqual(['small']), { timeout: 30_000, interval: 200 })
  expect(await service.stop()).toBe(0)
  service = await start()
  await send([requestOf([event(1, 'later')])])
  await vi.waitFor(() => expect(names()).toEqual(['small', 'later']), {
    timeout: 30_000,
    interval: 200,
  })
})
