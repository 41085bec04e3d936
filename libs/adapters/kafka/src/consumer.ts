import { nextStep, type TopicContract } from '@kubesift/contracts'
import type kafkajs from 'kafkajs'
import { BatchWork } from './batch-work.ts'
import { defaultBackoff, pause, waitBefore } from './backoff.ts'
import { patiently } from './client.ts'
import type {
  BatchConsumer,
  ConsumeOptions,
  DecodedTopicOption,
  RawTopicOption,
  TopicOption,
} from './consume-options.ts'
import { park } from './dead-letter.ts'
import { facts } from './facts.ts'
import { locate } from './locate.ts'
import { Outage } from './log.ts'
import { Offsets } from './offsets.ts'
import { Partitions, type PartitionState, type Position } from './partitions.ts'
import { createProducer, type Producer } from './producer.ts'
import { noProgress } from './progress.ts'
import { bytes, type Decode, jsonOf } from './records.ts'
import { Session, sessionTimeoutOf } from './session.ts'
import type { SliceWorker } from './slice.ts'
import { Waits } from './waits.ts'

/**
 * One topic for one group. kafkajs fetches and keeps the membership; position, commit, retry, dead letters and the end of the
 * loop are ours. A partition goes: assigned and paused → located (start known, resumed) → handled slice by slice, each
 * committed → waiting (paused, after a `retry` failure) and back → taken away. An error of kafkajs goes back to kafkajs,
 * which rejoins the group or ends the session; nothing else is ever thrown into it.
 */
class KafkaBatchConsumer<T> implements BatchConsumer {
  readonly #o: ConsumeOptions<T>
  readonly #named: string
  readonly #group: string
  readonly #work: BatchWork<T>
  readonly #waits: Waits
  readonly #partitions = new Partitions()
  readonly #offsets: Offsets
  #producer: Producer | undefined
  #session: Session | undefined
  #signal: AbortSignal = AbortSignal.abort()
  #joined = false
  #count = 0

  constructor(options: ConsumeOptions<T>, topic: string, decode: Decode<T>) {
    const { kafka, groupId, handle } = options
    this.#o = options
    this.#named = kafka.named(topic)
    this.#group = kafka.named(groupId)
    this.#waits = new Waits(
      { kafka: kafka.outage, dependency: new Outage(kafka.log, `${groupId} on ${this.#named}`) },
      this.#partitions,
      options.progress ?? noProgress,
      `${groupId} on ${this.#named}`,
    )
    this.#offsets = new Offsets(kafka, this.#named)
    this.#producer = options.producer
    const worker: SliceWorker<T> = {
      topic,
      named: this.#named,
      group: this.#group,
      decode,
      handle,
      park: (partition, parked) => {
        this.#producer ??= createProducer(kafka)
        return park(this.#producer, { topic, partition, stage: options.stage ?? groupId }, parked)
      },
    }
    this.#work = new BatchWork({
      options,
      worker,
      partitions: this.#partitions,
      waits: this.#waits,
      stopping: () => this.#signal.aborted,
      takeAgain: (session, former) => this.#takeAgain(session, former),
    })
  }

  positions(): ReadonlyMap<number, Position> {
    const silent = (this.#session?.silentMs ?? Infinity) > sessionTimeoutOf(this.#o.kafka)
    return new Map(
      this.#partitions.all
        .filter(({ located }) => located)
        .map((state) => {
          const position = state.position()
          return [state.partition, silent ? { ...position, caughtUp: false } : position]
        }),
    )
  }

  partitionCount(): number {
    return this.#count
  }

  reasons(): readonly string[] {
    return [
      ...this.#waits.reasons,
      ...(this.#joined ? [] : [`not yet in group ${this.#group} for ${this.#named}`]),
    ]
  }

  async run(signal: AbortSignal): Promise<void> {
    const stopped = new AbortController()
    this.#signal = AbortSignal.any([signal, stopped.signal])
    const unwatch = facts.watchLag(() => this.#lags())
    const polling = this.#poll()
    try {
      await this.#sessions(this.#signal)
    } finally {
      stopped.abort()
      unwatch()
      await polling
      this.#waits.ended()
      await this.#offsets.disconnect()
      if (this.#o.producer === undefined) await this.#producer?.disconnect()
    }
  }

  /** Kafka going away ends a session; the next one starts when it is back. */
  async #sessions(signal: AbortSignal): Promise<void> {
    const { kafka, maxWaitMs = 500, concurrency = 1, fetchBytes } = this.#o
    const options = {
      kafka,
      topic: this.#named,
      groupId: this.#group,
      maxWaitMs,
      concurrency,
      ...(fetchBytes === undefined ? {} : { fetchBytes }),
    }
    while (!signal.aborted) {
      const session: Session = new Session(options, {
        joined: (partitions) => session.guard(() => this.#assigned(session, partitions)),
        alive: () => this.#waits.kafkaAnswers(),
        rebalancing: () => session.guard(() => this.#revoke()),
        skipped: (partition, next) => this.#partitions.get(partition)?.advance(next),
      })
      const each = (payload: kafkajs.EachBatchPayload) => this.#work.eachBatch(session, payload)
      this.#session = session
      try {
        await session.run(each, signal)
      } catch (error) {
        if (nextStep(error) !== 'retry') throw error
        this.#waits.forKafka(error instanceof Error ? error.message : String(error))
        await pause(waitBefore(defaultBackoff, 3, Math.random()), signal)
      } finally {
        this.#revoke()
      }
    }
  }

  #revoke(): void {
    this.#joined = false
    const former = this.#partitions.clear()
    if (former.length === 0) return
    this.#waits.forget()
    this.#o.onRevoked?.(former)
  }

  /** Paused before kafkajs can fetch a thing, so that no record is handled before its partition's start is known. */
  #assigned(session: Session, partitions: readonly number[]): void {
    this.#revoke()
    this.#joined = true
    this.#waits.kafkaAnswers()
    const states = partitions.map((partition) => this.#partitions.add(partition))
    session.pause(partitions)
    this.#locate(session, states)
  }

  #locate(session: Session, states: readonly PartitionState[]): void {
    const { kafka, onAssigned, backoff = defaultBackoff } = this.#o
    locate({ kafka, offsets: this.#offsets, group: this.#group, topic: this.#named }, states, {
      signal: this.#signal,
      ask: async (partition, note) => (await onAssigned?.(partition, note)) ?? undefined,
      backoff,
      waits: (why) => (why === undefined ? this.#waits.settled() : this.#waits.forDependency(why)),
      found: (state) => {
        session.seek(state.partition, state.next)
        session.resume(state.partition)
      },
    }).catch((error: unknown) => session.end(error))
  }

  /** Somebody else has written: what we know of the partition is worthless, as after a new assignment. */
  #takeAgain(session: Session, former: PartitionState): void {
    this.#o.onRevoked?.([former.partition])
    const state = this.#partitions.add(former.partition)
    state.attempts = former.attempts
    this.#locate(session, [state])
  }

  #lags() {
    const [topic, now] = [this.#named, Date.now()]
    return this.#partitions.all
      .filter(({ located }) => located)
      .map((s) => ({ topic, partition: s.partition, records: s.lag, seconds: s.lagMs(now) / 1e3 }))
  }

  /** The ends of the partitions, also when no batch arrives; and the first to notice that Kafka is away or back. */
  async #poll(): Promise<void> {
    const { kafka, pollMs = 2_000, progress = noProgress } = this.#o
    while (!this.#signal.aborted) {
      await patiently(
        kafka,
        `asking for the end of ${this.#named}`,
        () => this.#readEnds(),
        this.#signal,
      ).catch((error: unknown) => this.#session?.end(error))
      this.#waits.report()
      const open = this.#partitions.all.filter(({ waiting }) => !waiting)
      progress.pending(open.reduce((sum, { lag }) => sum + lag, 0))
      await pause(pollMs, this.#signal)
    }
  }

  async #readEnds(): Promise<void> {
    const at = Date.now()
    const bounds = await this.#offsets.bounds().catch((error: unknown) => {
      // kafkajs may still be trying on its own: what it finds out is not yet known.
      this.#waits.forKafka(error instanceof Error ? error.message : String(error))
      throw error
    })
    this.#count = bounds.size
    for (const state of this.#partitions.all) {
      const high = bounds.get(state.partition)?.high
      if (high !== undefined && state.located) state.sawEnd(high, at)
    }
  }
}

/**
 * A consumer of a topic's records as whole batches: of a contract's messages, for a plain name of what `decode` makes of them, else of
 * bytes. It starts at `run`.
 */
export function consumeBatches<T>(options: ConsumeOptions<T> & TopicOption<T>): BatchConsumer
export function consumeBatches<T>(options: ConsumeOptions<T> & DecodedTopicOption<T>): BatchConsumer
export function consumeBatches(options: ConsumeOptions<Buffer> & RawTopicOption): BatchConsumer
export function consumeBatches<T>(
  options: ConsumeOptions<T> & {
    readonly topic: TopicContract<T> | string
    readonly decode?: Decode<T>
  },
): BatchConsumer {
  const { topic, decode } = options
  if (typeof topic !== 'string') return new KafkaBatchConsumer(options, topic.topic, jsonOf(topic))
  return decode === undefined
    ? new KafkaBatchConsumer(options as unknown as ConsumeOptions<Buffer>, topic, bytes)
    : new KafkaBatchConsumer(options, topic, decode)
}
