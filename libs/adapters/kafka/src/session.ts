import type kafkajs from 'kafkajs'
import type { Kafka } from './client.ts'
import { asFailure, isKafkaError } from './errors.ts'

export interface SessionOptions {
  readonly kafka: Kafka
  /** Names on the broker. */
  readonly topic: string
  readonly groupId: string
  readonly maxWaitMs: number
  readonly concurrency: number
  /** Of one partition in one fetch. Default: as kafkajs has it, 1 MiB. */
  readonly fetchBytes?: number
}

/** What a session tells its owner. None of these may throw: kafkajs would take it for its own failure. */
export interface SessionEvents {
  /** A new assignment, after everything before was taken away and before anything is fetched. */
  readonly joined: (partitions: readonly number[]) => void
  readonly rebalancing: () => void
  /** The broker took a sign of life from us. */
  readonly alive: () => void
  /** kafkajs moved past records that it does not hand over (control records, compacted ones). */
  readonly skipped: (partition: number, next: number) => void
}

export const sessionTimeoutOf = (kafka: Kafka): number => kafka.options.sessionTimeoutMs ?? 10_000

/** One fetch brings two full partitions at least, and no less than kafkajs has it. */
const fetchLimits = (
  bytes: number | undefined,
): Pick<kafkajs.ConsumerConfig, 'maxBytesPerPartition' | 'maxBytes'> =>
  bytes === undefined
    ? {}
    : { maxBytesPerPartition: bytes, maxBytes: Math.max(10 * 1024 * 1024, 2 * bytes) }

/** A third of the session, so that two beats may be lost. */
export const heartbeatEveryMs = (kafka: Kafka): number =>
  Math.min(3_000, Math.floor(sessionTimeoutOf(kafka) / 3))

/**
 * One life of a kafkajs consumer, from connect to its end. It never restarts itself: an end that nobody asked for is thrown,
 * and the owner decides. So a consumer that has stopped cannot look alive.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #consumer: kafkajs.Consumer
  #end: (error?: unknown) => void = () => undefined
  readonly #ended: Promise<void>
  #beatAt = 0

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#consumer = options.kafka.client.consumer({
      groupId: options.groupId,
      sessionTimeout: sessionTimeoutOf(options.kafka),
      heartbeatInterval: heartbeatEveryMs(options.kafka),
      rebalanceTimeout: Math.max(30_000, sessionTimeoutOf(options.kafka)),
      maxWaitTimeInMs: options.maxWaitMs,
      ...fetchLimits(options.fetchBytes),
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        retries: 4,
        restartOnFailure: () => Promise.resolve(false),
      },
    })
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error as Error))
    })
    // The rejection is read where the session is awaited; until then it is not unhandled.
    this.#ended.catch(() => undefined)
    this.#listen(events)
  }

  /** Milliseconds since the broker last took a sign of life from us. */
  get silentMs(): number {
    return Date.now() - this.#beatAt
  }

  /** Runs what kafkajs or a timer calls, where nobody would hear an error: it ends the session. */
  guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#end(error)
    }
  }

  /** Ends the session: with an error if there is one, else in peace. */
  end(error?: unknown): void {
    this.#end(error)
  }

  async run(eachBatch: kafkajs.EachBatchHandler, signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#end()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#consumer.connect()
      await this.#consumer.subscribe({ topics: [this.#options.topic], fromBeginning: true })
      if (!signal.aborted) {
        await this.#consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: this.#options.concurrency,
          eachBatch,
        })
        await this.#ended
      }
    } catch (error) {
      throw asFailure(error, `consuming ${this.#options.topic}`)
    } finally {
      signal.removeEventListener('abort', stop)
      // Waits for the batches in hand, and leaves the group.
      await this.#consumer.disconnect()
    }
  }

  pause(partitions: readonly number[]): void {
    this.#steer((consumer, topic) => consumer.pause([{ topic, partitions: [...partitions] }]))
  }

  resume(partition: number): void {
    this.#steer((consumer, topic) => consumer.resume([{ topic, partitions: [partition] }]))
  }

  /** Local to this session: nothing is committed. */
  seek(partition: number, offset: number): void {
    this.#steer((consumer, topic) => consumer.seek({ topic, partition, offset: String(offset) }))
  }

  /** kafkajs refuses to be steered once it has ended, which it may not have told us yet: then there is nothing to steer. */
  #steer(action: (consumer: kafkajs.Consumer, topic: string) => void): void {
    const { kafka, topic } = this.#options
    try {
      action(this.#consumer, topic)
    } catch (error) {
      if (!isKafkaError(error)) throw error
      kafka.log.debug({ err: error }, `${topic}: the session has ended`)
    }
  }

  #listen({ joined, rebalancing, alive, skipped }: SessionEvents): void {
    const consumer = this.#consumer
    const { topic } = this.#options
    const { CRASH, GROUP_JOIN, REBALANCING, HEARTBEAT, END_BATCH_PROCESS } = consumer.events
    consumer.on(CRASH, ({ payload }) => this.#end(asFailure(payload.error, `consuming ${topic}`)))
    consumer.on(REBALANCING, rebalancing)
    consumer.on(HEARTBEAT, () => {
      this.#beatAt = Date.now()
      alive()
    })
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#beatAt = Date.now()
      joined(payload.memberAssignment[topic] ?? [])
    })
    consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) skipped(payload.partition, Number(payload.lastOffset) + 1)
    })
  }
}
