import {
  createKafka,
  createProducer,
  ensureTopics,
  readLetters,
  type Kafka,
} from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'
import {
  OTEL_LOGS,
  OTEL_METRICS,
  OTEL_TRACES,
  otelPolicy,
  otelTopics,
  type Context,
} from '@kubesift/contracts'
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
import { configSchema } from './config.ts'
import { contextBuilder } from './context-builder.ts'
import { Contexts } from './contexts.spec-helper.ts'
import { anEventAt, checked, followCluster, json, nanos, text } from './telemetry.spec-helper.ts'

let backing: TestBacking
let kafka: Kafka
let service: RunningService | undefined
let contexts: Contexts | undefined

/** Another group has committed nothing: it reads all raw topics from their beginning. */
const start = (groupId = 'context-builder'): Promise<RunningService> => {
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    KAFKA_GROUP_ID: groupId,
    REDIS_URL: backing.redisUrl,
    PROGRESS_MS: '200',
    PROGRESS_IDLE_MS: '500',
    ALLOWED_LATENESS_MS: '0',
    HEALTH_PORT: '0',
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
  await ensureTopics(
    kafka,
    otelTopics.map((topic) => ({ topic, policy: otelPolicy })),
  )
})

afterEach(async () => {
  await service?.stop()
  await contexts?.stop()
  await backing.dispose()
})

const send = async (topic: string, ...values: readonly Uint8Array[]): Promise<void> => {
  const producer = createProducer(kafka)
  await producer.publishRaw(
    topic,
    values.map((value) => ({ value, partition: 3 })),
  )
  await producer.disconnect()
}
const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 30_000, interval: 200 })

test('a failed health check opens an incident and a good one ends it, over a restart, beside a poison record', async () => {
  service = await start()
  contexts = new Contexts(kafka)
  const cluster = followCluster(kafka)
  const began = Date.now() - 3_600_000
  const context = (): Context | undefined =>
    contexts!.byKey.get('lab/shop/Service/checkout/HealthCheck')
  await send(
    OTEL_METRICS,
    checked(began - 1, 200),
    Buffer.from('\xff no otlp'),
    checked(began, 503),
    checked(began + 60_000, 500),
  )
  await eventually(() =>
    expect(context()).toMatchObject({
      occurrenceCount: 1,
      reasons: [{ reason: 'HealthCheckFailed', type: 'Metric' }],
      spells: [{ from: began, openedAt: began + 60_000, recovery: null }],
      // The metrics tell no time, and no logs have come yet.
      watermark: null,
    }),
  )
  await eventually(() =>
    expect(cluster.newest()?.sources).toMatchObject([{ source: 'httpcheck', count: 3 }]),
  )
  await eventually(async () => {
    const { letters } = await readLetters(kafka, OTEL_METRICS, AbortSignal.timeout(10_000))
    expect([...letters.values()]).toMatchObject([{ stages: ['normalise-metrics'] }])
  })
  expect(await service.stop()).toBe(0)
  service = await start()
  // What the first one told to be in breach the second one knows by the note beside the offset.
  await send(OTEL_METRICS, checked(began + 120_000, 200))
  await send(OTEL_LOGS, anEventAt(Date.now()))
  await eventually(() =>
    expect(context()?.spells).toMatchObject([
      { recovery: { at: began + 120_000, by: 'recovered' } },
    ]),
  )
  await cluster.stop()
})

const spans = (...list: object[]): Buffer =>
  json({
    resourceSpans: [
      {
        resource: {
          attributes: [
            text('k8s.cluster.name', 'lab'),
            text('k8s.namespace.name', 'shop'),
            text('k8s.deployment.name', 'cart'),
          ],
        },
        scopeSpans: [{ spans: list }],
      },
    ],
  })

test('spans stand beside the incident of their workload and say whom it calls, counted once over restarts and redelivery, beside a poison record', async () => {
  service = await start()
  contexts = new Contexts(kafka)
  const cluster = followCluster(kafka)
  const at = Date.now() - 60_000
  const failed = {
    traceId: 'f'.repeat(32),
    name: 'POST /pay',
    kind: 3,
    endTimeUnixNano: nanos(at),
    attributes: [text('server.address', 'payments.pay.svc')],
    status: { code: 2, message: 'refused' },
  }
  await send(OTEL_TRACES, spans(failed, failed), Buffer.from('\xff no otlp'), spans(failed))
  const pod = ['k8s.object.kind', 'Pod', 'k8s.object.name', 'cart-5d6b7c8d9f-bcdfg'] as const
  await send(
    OTEL_LOGS,
    encodeLogs({
      resourceLogs: [
        {
          resource: {
            attributes: [
              text('k8s.cluster.name', 'lab'),
              text(pod[0], pod[1]),
              text(pod[2], pod[3]),
            ],
          },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: nanos(at),
                  severityText: 'Warning',
                  body: { stringValue: 'exceeded quota: q' },
                  attributes: [
                    text('k8s.event.reason', 'FailedCreate'),
                    text('k8s.event.uid', 'e'),
                    text('k8s.namespace.name', 'shop'),
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
  )
  const seen = (count: number): Promise<void> =>
    eventually(() =>
      expect([...contexts!.byKey.values()]).toMatchObject([
        {
          owner: { kind: 'Deployment', name: 'cart' },
          observations: [{ source: 'traces', reason: 'SpanError', count, quality: 'exact' }],
          touches: expect.arrayContaining([
            expect.objectContaining({ how: 'uses', thing: 'Service/pay/payments' }),
          ]) as unknown,
        },
      ]),
    )
  await seen(3)
  await eventually(() =>
    expect(cluster.newest()?.sources).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          source: 'traces',
          count: 3,
          lastSeenAt: expect.any(Number) as number,
        }),
      ]),
    ),
  )
  expect(await service.stop()).toBe(0)
  service = await start()
  await send(OTEL_TRACES, spans(failed))
  await seen(4)
  expect(await service.stop()).toBe(0)
  // Every raw record once more, and then two new ones behind them in the same partition.
  service = await start('another-group')
  await send(OTEL_TRACES, spans(failed), spans(failed))
  await seen(6)
  await cluster.stop()
  await eventually(async () => {
    const { letters } = await readLetters(kafka, OTEL_TRACES, AbortSignal.timeout(10_000))
    expect([...letters.values()]).toMatchObject([{ stages: ['normalise-traces'] }])
  })
})
