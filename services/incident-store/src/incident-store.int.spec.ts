import { createKafka, createProducer, type Kafka, type Producer } from '@kubesift/adapter-kafka'
import {
  deadLetterTopicOf,
  incidentAnalyses,
  incidentContexts,
  incidentEvents,
  incidents,
  type Context,
  type Incident,
  type IncidentEvent,
} from '@kubesift/contracts'
import { incidentIdOf } from '@kubesift/core-incident'
import { aContext, anAnalysis, aSpell } from '@kubesift/core-incident/testing'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { createLogger, Health, loadConfig, nestLogger, startService } from '@kubesift/runtime'
import pg from 'pg'
import { expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { IncidentStore } from './incident-store.ts'
import { freeAddress, incidentClient, type ApiClient } from './testing/grpc-client.ts'
import { everythingOn } from './testing/topic-contents.ts'

const lines: string[] = []
const line = (_: object, message: string): void => void lines.push(message)
const log = { debug: () => undefined, info: line, warn: line, error: line }

interface Running extends AsyncDisposable {
  readonly backing: TestBacking
  readonly kafka: Kafka
  readonly producer: Producer
  readonly client: ApiClient
  readonly store: () => IncidentStore
  /** Stops this process's part and starts another. */
  readonly restart: () => Promise<void>
}

const start = async (): Promise<Running> => {
  const backing = await testBacking()
  const GRPC_URL = await freeAddress()
  const config = loadConfig(configSchema, {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    DATABASE_URL: backing.databaseUrl,
    GRPC_URL,
  })
  const run = () => {
    const stop = new AbortController()
    const store = new IncidentStore(config, { log })
    const ended = store.run(stop.signal)
    return { store, stop: async () => (stop.abort(), await ended) }
  }
  let running = run()
  const kafka = createKafka({
    brokers: config.KAFKA_BROKERS,
    topicPrefix: backing.topicPrefix,
    clientId: 'test',
  })
  const producer = createProducer(kafka)
  const client = incidentClient(GRPC_URL)
  const ready = async () => {
    await expect.poll(() => running.store.reasons(), { timeout: 30_000, interval: 100 }).toEqual([])
  }
  await ready()
  return {
    backing,
    kafka,
    producer,
    client,
    store: () => running.store,
    restart: async () => {
      await running.stop()
      running = run()
      await ready()
    },
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]()
      await producer.disconnect()
      await running.stop()
      await backing.dispose()
    },
  }
}

const at = (offset: number) => ({ version: { epoch: 1, offset } })
const send = ({ producer }: Running, ...contexts: readonly Context[]): Promise<void> =>
  producer.publish(incidentContexts, contexts)

const statusOf = ({ client }: Running, id: string): Promise<unknown> =>
  client.call('getIncident', { id }).then(
    (incident) => incident['status'],
    () => 'none',
  )

const patience = { timeout: 20_000, interval: 50 }

test('contexts and analyses become incidents on the API and on both topics, in one trace', async () => {
  await using running = await start()
  const context = aContext()
  const id = incidentIdOf(context.key, 1)
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`
  await running.producer.publish(incidentContexts, [context], { traceparent })
  await expect.poll(() => statusOf(running, id), patience).toBe('OPEN')
  await running.producer.publish(incidentAnalyses, [anAnalysis(context)])
  const analysed = async () => (await running.client.call('getIncident', { id }))['analysis']
  await expect.poll(analysed, patience).toMatchObject({ rule: 'bad-rollout' })
  await send(running, aContext({ ...at(2), spells: [aSpell(0, 4, 10)] }))
  await expect.poll(() => statusOf(running, id), patience).toBe('RESOLVED')

  const documents = await everythingOn<Incident>(running.kafka, incidents.topic, 3)
  expect(
    documents.map(({ value }) => [value.revision, value.status, value.analysis?.rule]),
  ).toEqual([
    [1, 'open', undefined],
    [2, 'open', 'bad-rollout'],
    [3, 'resolved', 'bad-rollout'],
  ])
  expect(documents[0]?.headers).toMatchObject({
    ce_id: `${id}@1`,
    ce_type: 'dev.kubesift.incidents.v1',
    ce_subject: id,
    traceparent: expect.stringContaining('ab'.repeat(16)),
  })
  const events = await everythingOn<IncidentEvent>(running.kafka, incidentEvents.topic, 3)
  expect(events.map(({ value, headers }) => [value.type, headers['ce_id']])).toEqual([
    ['opened', `${id}@1/opened`],
    ['analysed', `${id}@2/analysed`],
    ['resolved', `${id}@3/resolved`],
  ])
})

test('a poison record goes to the dead letters, and the next is applied', async () => {
  await using running = await start()
  const good = aContext()
  // too long for an index, and not to be compressed
  const endless = aContext({
    name: Array.from({ length: 300 }, (_, i) => incidentIdOf('n', i)).join(''),
  })
  await running.producer.publishRaw(incidentContexts.topic, [
    { key: good.key, value: Buffer.from('{ not json') },
    { key: good.key, value: Buffer.from(JSON.stringify(endless)) },
    { key: good.key, value: Buffer.from(JSON.stringify(good)) },
  ])
  await expect.poll(() => statusOf(running, incidentIdOf(good.key, 1)), patience).toBe('OPEN')
  const letters = await everythingOn(running.kafka, deadLetterTopicOf(incidentContexts.topic), 2)
  expect(letters.map(({ headers }) => headers['dlq-error'])).toEqual([
    expect.stringContaining('not JSON'),
    expect.stringContaining('postgres'),
  ])
})

test('a restart applies nothing twice and misses nothing', async () => {
  await using running = await start()
  await send(running, aContext(), aContext({ name: 'cart' }))
  const cart = incidentIdOf(aContext({ name: 'cart' }).key, 1)
  await expect.poll(() => statusOf(running, cart), patience).toBe('OPEN')
  await running.restart()
  await send(running, aContext({ name: 'cart', ...at(2), spells: [aSpell(0, 4, 10)] }))
  await expect.poll(() => statusOf(running, cart), patience).toBe('RESOLVED')
  const documents = await everythingOn<Incident>(running.kafka, incidents.topic, 3)
  expect(documents.map(({ value }) => `${value.resourceName}@${value.revision}`).sort()).toEqual([
    'cart@1',
    'cart@2',
    'checkout@1',
  ])
})

test('without Postgres the service waits, says so once, is not ready, and goes on by itself', async () => {
  await using running = await start()
  const url = new URL(running.backing.databaseUrl)
  const name = url.pathname.slice(1)
  url.pathname = '/postgres'
  const admin = new pg.Client({ connectionString: url.toString() })
  await admin.connect()
  lines.length = 0
  await admin.query(`alter database ${name} with allow_connections false`)
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
    name,
  ])
  const postgres = () =>
    running
      .store()
      .reasons()
      .some((why) => why.startsWith('postgres'))
  await expect.poll(postgres, patience).toBe(true)
  const context = aContext()
  await send(running, context)
  await expect.poll(() => running.store().reasons().length, patience).toBeGreaterThan(1)
  await admin.query(`alter database ${name} with allow_connections true`)
  await admin.end()
  await expect.poll(() => statusOf(running, incidentIdOf(context.key, 1)), patience).toBe('OPEN')
  await expect.poll(() => running.store().reasons(), patience).toEqual([])
  expect(lines.filter((l) => l.startsWith('postgres: waiting'))).toHaveLength(1)
  expect(lines.filter((l) => l.startsWith('postgres: back'))).toHaveLength(1)
})

test('as a service it is ready when its dependencies are, and stops when told to', async () => {
  await using backing = await testBacking()
  const config = loadConfig(configSchema, {
    KAFKA_BROKERS: backing.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: backing.topicPrefix,
    DATABASE_URL: backing.databaseUrl,
    GRPC_URL: await freeAddress(),
    HEALTH_PORT: '0',
  })
  const out: string[] = []
  const logger = createLogger('incident-store', 'info', { write: (text) => void out.push(text) })
  const health = new Health(config.STALL_TIMEOUT_MS)
  const store = new IncidentStore(config, {
    log: logger,
    nestLogger: nestLogger(logger),
    progress: (loop) => health.progress(loop),
  })
  const service = await startService({
    name: 'incident-store',
    config,
    log: logger,
    health,
    ready: () => store.reasons(),
    loops: { store: (signal) => store.run(signal) },
  })
  const answer = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${service.healthPort}${path}`)).status
  await expect.poll(() => answer('/readyz'), patience).toBe(200)
  expect(await answer('/healthz')).toBe(200)
  expect(await service.stop()).toBe(0)
  expect(out.join('')).not.toMatch(/"level":"(error|fatal)"/)
})
