import { randomBytes } from 'node:crypto'
import type { TopicContract } from '@kubesift/contracts'
import { inject } from 'vitest'
import { createKafka, type Kafka } from '../client.ts'
import { consumeBatches } from '../consumer.ts'
import type { BatchConsumer, ConsumeOptions } from '../consume-options.ts'
import type { Log } from '../log.ts'
import { createProducer, type Producer } from '../producer.ts'
import { ensureTopics } from '../topics.ts'
import { type Thing, thingsTopic } from './things.ts'

declare module 'vitest' {
  interface ProvidedContext {
    kubesiftBacking: { kafkaBrokers: string; databaseUrl: string; redisUrl: string }
  }
}

/** Lines that were logged, by message. */
export const recordingLog = (): Log & { readonly lines: string[] } => {
  const lines: string[] = []
  const keep = (_: object, message: string): void => {
    lines.push(message)
  }
  return { lines, debug: () => undefined, info: keep, warn: keep, error: keep }
}

export interface Corner extends AsyncDisposable {
  readonly kafka: Kafka
  readonly log: ReturnType<typeof recordingLog>
  readonly things: TopicContract<Thing>
  readonly producer: Producer
  readonly send: (...messages: Thing[]) => Promise<void>
  /** As a second process of the same deployment. */
  readonly another: () => Kafka
  readonly start: (
    options: Omit<ConsumeOptions<Thing>, 'kafka' | 'groupId'> & { kafka?: Kafka },
  ) => Running
}

export interface Running {
  readonly consumer: BatchConsumer
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

/** A prefix of its own on the shared broker, with one topic in it. */
export const aCorner = async (
  options: { partitions?: number; maxMessageBytes?: number } = {},
): Promise<Corner> => {
  const brokers = inject('kubesiftBacking').kafkaBrokers.split(',')
  const topicPrefix = `k${randomBytes(5).toString('hex')}-`
  const log = recordingLog()
  const another = (): Kafka =>
    createKafka({ brokers, clientId: 'test', topicPrefix, log, sessionTimeoutMs: 6_000 })
  const kafka = another()
  const things = thingsTopic(options.partitions, options.maxMessageBytes)
  await ensureTopics(kafka, [things])
  const producer = createProducer(kafka)
  const running: Running[] = []
  return {
    kafka,
    log,
    things,
    producer,
    another,
    send: (...messages) => producer.publish(things, messages),
    start: (consume) => {
      const stop = new AbortController()
      const consumer = consumeBatches({
        kafka,
        topic: things,
        groupId: 'g',
        maxWaitMs: 100,
        pollMs: 100,
        backoff: { firstMs: 50, capMs: 200 },
        ...consume,
      })
      const ended = consumer.run(stop.signal)
      ended.catch(() => undefined)
      const one = {
        consumer,
        ended,
        stop: () => {
          stop.abort()
          return ended
        },
      }
      running.push(one)
      return one
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(running.map((one) => one.stop()))
      await producer.disconnect()
    },
  }
}

/** Everything in a topic from its beginning, until `enough` of it is there. */
export const readAll = async (
  kafka: Kafka,
  topic: string,
  enough: number,
): Promise<readonly { headers: Record<string, string>; value: string | null }[]> => {
  const found: { headers: Record<string, string>; value: string | null }[] = []
  const consumer = kafka.client.consumer({ groupId: kafka.named(`read-${Math.random()}`) })
  await consumer.connect()
  await consumer.subscribe({ topics: [kafka.named(topic)], fromBeginning: true })
  const done = new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: ({ message }) => {
        const headers = Object.fromEntries(
          Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
        )
        found.push({ headers, value: message.value?.toString() ?? null })
        if (found.length >= enough) resolve()
        return Promise.resolve()
      },
    })
  })
  await done
  await consumer.disconnect()
  return found
}

/** As retention does: what lies before this offset is gone. */
export const dropBefore = async (
  kafka: Kafka,
  place: { readonly topic: string; readonly partition: number; readonly offset: number },
): Promise<void> => {
  const topic = kafka.named(place.topic)
  const admin = kafka.client.admin()
  await admin.connect()
  // kafkajs deletes only of topics that this client has asked about before
  await admin.fetchTopicOffsets(topic)
  const partitions = [{ partition: place.partition, offset: String(place.offset) }]
  await admin.deleteTopicRecords({ topic, partitions })
  await admin.disconnect()
}
