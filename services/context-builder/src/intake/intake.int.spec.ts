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

let backing: TestBacking
let kafka: Kafka
let service: RunningService | undefined
let contexts: Contexts | undefined
const stop = new AbortController()
let reader: Promise<void> | undefined

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const start = (more: Record<string, string>): Promise<RunningService> => {
  const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    REDIS_URL: backing.redisUrl,
    PROGRESS_MS: '200',
    HEALTH_PORT: '0',
    ...more,
  })
  return startService(contextBuilder(config, createLogger('context-builder', 'warn')))
}

/** The newest that was told of each cluster. */
const clustersTold = async (): Promise<ReadonlyMap<string, Cluster>> => {
  const told = new Map<string, Cluster>()
  reader = consumeBatches({
    kafka,
    topic: clusters,
    groupId: 'clusters-reader',
    handle: async (batch) => {
      for (const { value } of batch.records) told.set(value.cluster, value)
      return { through: batch.lastOffset }
    },
  }).run(stop.signal)
  return told
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
  stop.abort()
  await reader
  await backing.dispose()
})

test('an alert that was posted opens an incident, and its end closes it, through otel-logs like all else', async () => {
  const port = await freePort()
  service = await start({
    INTAKE_PORT: String(port),
    INTAKE_TOKEN: 'a-token-that-is-long',
    ALLOWED_LATENESS_MS: '0',
  })
  contexts = new Contexts(kafka)
  const seen = await clustersTold()
  const began = Date.now() - 3_600_000
  const post = async (status: string, from: number, endsAt?: number): Promise<number> => {
    const alert = {
      status,
      labels: {
        alertname: 'KubeJobFailed',
        namespace: 'shop',
        job_name: 'nightly',
        cluster: 'lab',
      },
      annotations: { summary: 'the job failed' },
      startsAt: new Date(from).toISOString(),
      endsAt: endsAt === undefined ? '0001-01-01T00:00:00Z' : new Date(endsAt).toISOString(),
      fingerprint: 'f',
    }
    const response = await fetch(`http://127.0.0.1:${port}/v1/alerts`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-that-is-long' },
      body: JSON.stringify({ version: '4', status, receiver: 'r', alerts: [alert] }),
    })
    return response.status
  }
  const context = () => contexts!.byKey.get('lab/shop/Job/nightly/JobFailure')
  await vi.waitFor(async () => expect(await post('firing', began)).toBe(202), {
    timeout: 30_000,
    interval: 200,
  })
  await vi.waitFor(
    () => expect(context()?.spells).toMatchObject([{ openedAt: began, recovery: null }]),
    {
      timeout: 30_000,
      interval: 200,
    },
  )
  expect(context()).toMatchObject({ reasons: [{ reason: 'KubeJobFailed', type: 'Alert' }] })
  await vi.waitFor(
    () => expect(seen.get('lab')?.sources).toMatchObject([{ source: 'alertmanager', count: 1 }]),
    { timeout: 30_000, interval: 200 },
  )
  expect(await post('resolved', began, began + 60_000)).toBe(202)
  await vi.waitFor(
    () =>
      expect(context()?.spells).toMatchObject([
        { recovery: { at: began + 60_000, by: 'recovered' } },
      ]),
    { timeout: 30_000, interval: 200 },
  )
})
