import type { TopicContract } from '@kubesift/contracts'
import kafkajs from 'kafkajs'
import { type Bounds, chunksOf } from './chunks.ts'
import type { Kafka } from './client.ts'
import { envelopeOf } from './envelope.ts'
import { asFailure, isTooLarge, MessageTooLarge } from './errors.ts'
import { facts } from './facts.ts'
import { publishing, type Traceparent } from './trace.ts'

/** What of a contract a writer needs. */
export type Published<T> = Omit<TopicContract<T>, 'schema'>

/** A record as bytes, for topics that are not JSON. */
export interface OutgoingRecord {
  readonly key?: string | Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: Readonly<Record<string, string | Uint8Array>>
  /** Milliseconds since the epoch; the broker's clock when left out. */
  readonly timestamp?: number
  readonly partition?: number
}

export interface PublishOptions<T> {
  /** For producers that choose the partition themselves; else the key decides. */
  readonly partition?: number | ((message: T) => number)
  /** The trace that each message continues: the `traceparent` of the record that caused it. Default: the active span. */
  readonly traceparent?: Traceparent | ((message: T) => Traceparent | undefined) | undefined
  /** CloudEvents `time`, milliseconds since the epoch. Default: now. */
  readonly timeOf?: (message: T) => number
  /** For values that are not JSON, with their `content-type`. */
  readonly form?: { readonly contentType: string; readonly encode: (message: T) => Buffer }
}

/**
 * Sends, and returns only when all in-sync replicas have it (acks all). Throws `DependencyUnavailable` when Kafka is away
 * and `MessageTooLarge` for a message that its topic can never take. Order holds within one call and between calls that
 * are awaited one after another.
 */
export interface Producer {
  publish<T>(
    contract: Published<T>,
    messages: readonly T[],
    options?: PublishOptions<T>,
  ): Promise<void>
  publishRaw(topic: string, records: readonly OutgoingRecord[]): Promise<void>
  disconnect(): Promise<void>
}

/** The broker's default for `max.message.bytes` is 1,048,588; a record batch and its records cost some more than their bytes. */
const defaultMaxBytes = 1_000_000
const recordOverhead = 90

const JSON_FORM = {
  contentType: 'application/json',
  encode: (message: unknown): string => JSON.stringify(message),
}

const lengthOf = (part: string | Uint8Array | null | undefined): number =>
  typeof part === 'string' ? Buffer.byteLength(part) : (part?.byteLength ?? 0)

const sizeOf = (record: kafkajs.Message): number => {
  let size = recordOverhead + lengthOf(record.key) + lengthOf(record.value)
  for (const [name, value] of Object.entries(record.headers ?? {})) {
    size += name.length + 8 + (Array.isArray(value) ? 0 : lengthOf(value))
  }
  return size
}

/**
 * Not kafkajs's idempotent producer, on purpose: it serialises every request of a broker, retries for ever without telling
 * the caller (so nobody would hear that Kafka is away), and a retry after a time-out can end in OUT_OF_ORDER_SEQUENCE for
 * good. Every consumer of ours drops repeats by version or id, so a doubled record costs nothing.
 */
class KafkaProducer implements Producer {
  readonly #kafka: Kafka
  readonly #producer: kafkajs.Producer
  #connected: Promise<void> | undefined

  constructor(kafka: Kafka) {
    this.#kafka = kafka
    this.#producer = kafka.client.producer({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      // Short: a broker that is away is the caller's to wait for, with its partition paused.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    })
  }

  async publish<T>(
    contract: Published<T>,
    messages: readonly T[],
    options: PublishOptions<T> = {},
  ): Promise<void> {
    const { traceparent, timeOf, partition, form = JSON_FORM } = options
    const causeOf = typeof traceparent === 'function' ? traceparent : () => traceparent
    const topic = this.#kafka.named(contract.topic)
    const causes = messages.map(causeOf)
    const traces = [...new Set(causes.filter((cause) => cause !== undefined))]
    await publishing({ topic, count: messages.length, traces }, async (headerFor) => {
      const now = new Date().toISOString()
      const records = messages.map((message, i) => ({
        key: contract.keyOf(message),
        value: form.encode(message),
        ...(partition === undefined
          ? {}
          : { partition: typeof partition === 'number' ? partition : partition(message) }),
        headers: envelopeOf(contract, message, {
          source: `/kubesift/${this.#kafka.clientId}`,
          time: timeOf === undefined ? now : new Date(timeOf(message)).toISOString(),
          contentType: form.contentType,
          traceparent: headerFor(causes[i]),
        }),
      }))
      await this.#sendAll(topic, records, contract.policy.maxMessageBytes ?? defaultMaxBytes)
    })
  }

  async publishRaw(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const messages = records.map(({ key, value, headers, timestamp, partition }) => ({
      key: asKey(key),
      value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      headers: Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, text]) => [
          name,
          typeof text === 'string' ? text : Buffer.from(text),
        ]),
      ),
      ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
      ...(partition === undefined ? {} : { partition }),
    }))
    await this.#sendAll(this.#kafka.named(topic), messages, defaultMaxBytes)
  }

  async disconnect(): Promise<void> {
    this.#connected = undefined
    await this.#producer.disconnect()
  }

  /** kafkajs puts all messages of one send and partition into one record batch, so a send is kept under the topic's limit. */
  async #sendAll(
    topic: string,
    messages: readonly kafkajs.Message[],
    maxBytes: number,
  ): Promise<void> {
    const bounds: Bounds = { count: 10_000, bytes: Math.floor(maxBytes * 0.95) }
    for (const chunk of chunksOf(messages, bounds, sizeOf)) await this.#send(topic, chunk)
    facts.recordsPublished(topic, messages.length)
  }

  async #send(topic: string, messages: readonly kafkajs.Message[]): Promise<void> {
    try {
      await this.#connect()
      await this.#producer.send({ topic, acks: -1, messages: [...messages] })
    } catch (error) {
      if (!isTooLarge(error)) throw asFailure(error, `publishing to ${topic}`)
      await this.#sendHalves(topic, messages, error)
    }
  }

  /** The topic takes less than its contract says: halve until it fits, or until one message alone is refused. */
  async #sendHalves(
    topic: string,
    messages: readonly kafkajs.Message[],
    cause: unknown,
  ): Promise<void> {
    const [first] = messages
    if (first !== undefined && messages.length === 1) {
      const bytes = sizeOf(first)
      const key = String(first.key ?? '')
      throw new MessageTooLarge(
        `kafka: ${topic} refuses a message of ${bytes} bytes (key ${key}); make it smaller or raise the topic's max.message.bytes`,
        { topic, key, bytes },
        { cause },
      )
    }
    const middle = messages.length >> 1
    await this.#send(topic, messages.slice(0, middle))
    await this.#send(topic, messages.slice(middle))
  }

  /** One connection for all callers; a failed attempt is forgotten, so that the next caller tries again. */
  async #connect(): Promise<void> {
    this.#connected ??= this.#producer.connect()
    try {
      await this.#connected
    } catch (error) {
      this.#connected = undefined
      throw error
    }
  }
}

const asKey = (key: string | Uint8Array | null | undefined): string | Buffer | null => {
  if (key === undefined || key === null) return null
  return typeof key === 'string' ? key : Buffer.from(key)
}

/** A producer that connects at its first message. */
export const createProducer = (kafka: Kafka): Producer => new KafkaProducer(kafka)
