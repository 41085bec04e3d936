import { consumeBatches, createKafka, ensureTopics, type Kafka } from '@kubesift/adapter-kafka'
import { clusters, OTEL_LOGS, otelPolicy, type Cluster } from '@kubesift/contracts'
import {
  createLogger,
  loadConfig,
  runtimeEnv,
  startService,
  type RunningService,
} from '@kubesift/runtime'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { configSchema } from '../config.ts'
import { contextBuilder } from '../context-builder.ts'
import { Contexts } from '../contexts.spec-helper.ts'

const HOUR = 3_600_000
const WAIT = { timeout: 30_000, interval: 100 }

let backing: TestBacking
let kafka: Kafka
let service: RunningService | undefined
let contexts: Contexts | undefined
let port = 0
const stop = new AbortController()
let reader: Promise<void> | undefined
const seen = new Map<string, Cluster>()

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: free } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return free
}

const start = (): Promise<RunningService> => {
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    REDIS_URL: backing.redisUrl,
    PROGRESS_MS: '200',
    HEALTH_PORT: '0',
    ALLOWED_LATENESS_MS: '0',
    INTAKE_PORT: String(port),
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
  port = await freePort()
  service = await start()
  contexts = new Contexts(kafka)
  reader = consumeBatches({
    kafka,
    topic: clusters,
    groupId: 'clusters-reader',
    handle: async (batch) => {
      for (const { value } of batch.records) seen.set(value.cluster, value)
      return { through: batch.lastOffset }
    },
  }).run(stop.signal)
})

afterEach(async () => {
  await service?.stop()
  await contexts?.stop()
  stop.abort()
  await reader
  await backing.dispose()
})

const began = Date.now() - 2 * HOUR
const post = async (path: string, body: object): Promise<number> => {
  const url = `http://127.0.0.1:${port}${path}`
  return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status
}
const fire = (status: string, endsAt?: number): Promise<number> => {
  const alert = {
    status,
    labels: { alertname: 'KubeJobFailed', namespace: 'shop', job_name: 'nightly', cluster: 'lab' },
    startsAt: new Date(began).toISOString(),
    endsAt: endsAt === undefined ? '0001-01-01T00:00:00Z' : new Date(endsAt).toISOString(),
    fingerprint: 'f',
  }
  return post('/v1/alerts', { version: '4', status, receiver: 'r', alerts: [alert] })
}

/** The cost of the job in the hour from then; and of `mark`, by which it is seen that it was read. */
const pay = async (mark: string, total: number, from: number): Promise<void> => {
  const window = { start: new Date(from).toISOString(), end: new Date(from + HOUR).toISOString() }
  const row = (name: string, cluster: string) => ({
    name,
    properties: { cluster, namespace: 'shop', controller: name, controllerKind: 'job' },
    window,
    minutes: 60,
    cpuCost: total,
    totalCost: total,
    totalEfficiency: 0.5,
  })
  const rows = {
    nightly: row('nightly', 'lab'),
    marked: row('marked', mark),
    __idle__: { ...row('x', 'lab'), name: '__idle__', totalCost: 99 },
    bad: { ...row('y', 'lab'), totalCost: 'NaN' },
  }
  await vi.waitFor(
    async () => expect(await post('/v1/costs?currency=EUR', { code: 200, data: [rows] })).toBe(202),
    WAIT,
  )
  await vi.waitFor(
    () => expect(seen.get(mark)?.sources).toMatchObject([{ source: 'opencost', count: 1 }]),
    WAIT,
  )
}

test('what OpenCost was told of is told with the incident; a newer hour waits for the next telling, through a restart too', async () => {
  const context = () => contexts!.byKey.get('lab/shop/Job/nightly/JobFailure')
  await pay('mark-1', 1.42, began - 2 * HOUR)
  expect(contexts?.byKey.size).toBe(0)
  expect(await fire('firing')).toBe(202)
  await vi.waitFor(() => expect(context()).toBeDefined(), WAIT)
  const told = context()
  expect(told).toMatchObject({
    occurrenceCount: 1,
    cost: {
      source: 'opencost',
      currency: 'EUR',
      perHour: 1.42,
      terms: { cpu: 1.42 },
      efficiency: 0.5,
      from: began - 2 * HOUR,
      to: began - HOUR,
    },
  })
  const cited = told?.evidence.find(({ id }) => id === told.cost?.evidence)
  expect(cited?.records).toMatchObject([{ topic: OTEL_LOGS }])
  expect(cited?.text).toContain('1.42 EUR per hour')

  await pay('mark-2', 7, began - HOUR)
  expect(context()).toMatchObject({ version: told?.version, cost: { perHour: 1.42 } })
  await service?.stop()
  service = await start()
  await pay('mark-3', 3, began - 3 * HOUR)
  expect(await fire('resolved', began + 60_000)).toBe(202)
  await vi.waitFor(
    () =>
      expect(context()).toMatchObject({
        spells: [{ recovery: { at: began + 60_000 } }],
        occurrenceCount: 1,
        cost: { perHour: 7, from: began - HOUR },
      }),
    WAIT,
  )
  expect([...contexts!.byKey.keys()]).toHaveLength(1)
})
