import { createKafka, createProducer, silentLog, type Producer } from '@kubesift/adapter-kafka'
import { webhookChannel } from '@kubesift/adapter-channel-webhook'
import { Database } from '@kubesift/adapter-postgres'
import { incidents, type Incident } from '@kubesift/contracts'
import type { Channel, Delivery } from '@kubesift/core-notice'
import { incidentOf } from '@kubesift/core-notice/testing'
import { testBacking, type TestBacking } from '@kubesift/testing'
import pg from 'pg'
import { NotifierFacts } from '../facts.ts'
import { Notifier, type NotifierParts } from '../notifier.ts'
import type { TestReceiver } from './a-receiver.ts'

/** A corner of the real services, and notifiers in it that can be started, stopped and broken. */
export interface TestNotifiers extends AsyncDisposable {
  readonly backing: TestBacking
  readonly producer: Producer
  readonly publish: (...documents: readonly Incident[]) => Promise<void>
  /** Starts one; the answer stops it and gives what it ended with. */
  readonly start: (changes?: Partial<NotifierParts>) => () => Promise<unknown>
  readonly sql: <R extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<R[]>
}

/** The n-th incident of a test. */
export const anIncident = (n: number, changes: Partial<Incident> = {}): Incident => {
  const id = `0c5a1b1e-0000-8000-8000-${String(n).padStart(12, '0')}`
  return { ...incidentOf(), id, group: id, ...changes }
}

export const resolved = (incident: Incident, revision: number): Incident => ({
  ...incident,
  revision,
  status: 'resolved',
  resolution: { at: incident.lastSeenAt + 90_000, by: 'recovered', why: 'all replicas ready' },
})

export const webhookTo = ({ url, secret }: TestReceiver, timeoutMs = 5_000): Channel =>
  webhookChannel({ url, secret, timeoutMs })

/** A channel that remembers. */
export const aMemory = (name = 'log'): Channel & { readonly sent: Delivery[] } => {
  const sent: Delivery[] = []
  const send = (delivery: Delivery) => {
    sent.push(delivery)
    return Promise.resolve({ outcome: 'delivered' as const })
  }
  return { name, sent, send }
}

export const theNotifiers = async (): Promise<TestNotifiers> => {
  const backing = await testBacking()
  const kafka = createKafka({
    brokers: [backing.kafkaBrokers],
    clientId: 'notifier-test',
    topicPrefix: backing.topicPrefix,
    sessionTimeoutMs: 6_000,
  })
  const producer = createProducer(kafka)
  const client = new pg.Client({ connectionString: backing.databaseUrl })
  await client.connect()
  const stops: (() => Promise<unknown>)[] = []
  const start: TestNotifiers['start'] = (changes = {}) => {
    const stop = new AbortController()
    const own = createProducer(kafka)
    const notifier = new Notifier({
      kafka,
      groupId: 'notifier',
      database: new Database({ url: backing.databaseUrl }),
      producer: own,
      channels: [aMemory()],
      settle: { P1: 0, other: 0 },
      retry: { firstMs: 20, maxMs: 50, attempts: 10 },
      concurrency: 4,
      leaseMs: 60_000,
      facts: new NotifierFacts(silentLog),
      progressOf: () => ({
        begin: () => () => undefined,
        pending: () => undefined,
        blocked: () => undefined,
      }),
      random: () => 0.5,
      ...changes,
    })
    const ended = notifier.run(stop.signal).then(
      () => undefined,
      (error: unknown) => error,
    )
    const end = async (): Promise<unknown> => {
      stop.abort()
      const why = await ended
      await own.disconnect()
      return why
    }
    stops.push(end)
    return end
  }
  return {
    backing,
    producer,
    start,
    publish: (...documents) => producer.publish(incidents, documents),
    sql: async <R extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await client.query<R>(text, values)).rows,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(stops.map((stop) => stop()))
      await producer.disconnect()
      await client.end()
      await backing.dispose()
    },
  }
}
