import { Failure, Fenced, nextStep, type TopicContract } from '@kubesift/contracts'
import type kafkajs from 'kafkajs'
import { defaultBackoff, pause, waitBefore } from './backoff.ts'
import { chunksOf } from './chunks.ts'
import { patiently } from './client.ts'
import type {
  BatchConsumer,
  ConsumeOptions,
  RawTopicOption,
  TopicOption,
} from './consume-options.ts'
import { park } from './dead-letter.ts'
import { isKafkaError } from './errors.ts'
import { facts } from './facts.ts'
import { withHeartbeats } from './heartbeats.ts'
import { locate } from './locate.ts'
import { Outage } from './log.ts'
import { Offsets } from './offsets.ts'
import { Partitions, type PartitionState, type Position } from './partitions.ts'
import { createProducer, type Producer } from './producer.ts'
import { noProgress } from './progress.ts'
import { bytes, type Decode, jsonOf } from './records.ts'
import { heartbeatEveryMs, Session, sessionTimeoutOf } from './session.ts'
import { runSlice, type SliceResult, type SliceWorker } from './slice.ts'

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
  readonly #worker: SliceWorker<T>
  readonly #partitions = new Partitions()
  readonly #dependency: Outage
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
    this.#dependency = new Outage(kafka.log, `${groupId} on ${this.#named}`)
    this.#offsets = new Offsets(kafka, this.#named)
    this.#producer = options.producer
    this.#worker = {
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
      this.#o.kafka.outage.why,
      this.#dependency.why,
      this.#joined ? undefined : `not yet in group ${this.#group} for ${this.#named}`,
    ].filter((why) => why !== undefined)
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
      await this.#offsets.disconnect()
      if (this.#o.producer === undefined) await this.#producer?.disconnect()
    }
  }

  /** Kafka going away ends a session; the next one starts when it is back. */
  async #sessions(signal: AbortSignal): Promise<void> {
    const { kafka, maxWaitMs = 500, concurrency = 1 } = this.#o
    const options = { kafka, topic: this.#named, groupId: this.#group, maxWaitMs, concurrency }
    while (!signal.aborted) {
      const session: Session = new Session(options, {
        joined: (partitions) => this.#assigned(session, partitions),
        rebalancing: () => this.#revoke(),
        skipped: (partition, next) => this.#partitions.get(partition)?.advance(next),
      })
      const each = (payload: kafkajs.EachBatchPayload) => this.#eachBatch(session, payload)
      this.#session = session
      try {
        await session.run(each, signal)
      } catch (error) {
        if (nextStep(error) !== 'retry') throw error
        kafka.outage.begins(error instanceof Error ? error.message : String(error))
        this.#blocked()
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
    this.#dependency.forget()
    this.#blocked()
    this.#o.onRevoked?.(former)
  }

  /** Paused before kafkajs can fetch a thing, so that no record is handled before its partition's start is known. */
  #assigned(session: Session, partitions: readonly number[]): void {
    try {
      this.#revoke()
      this.#joined = true
      this.#o.kafka.outage.ends()
      const states = partitions.map((partition) => this.#partitions.add(partition))
      session.pause(partitions)
      this.#locate(session, states)
    } catch (error) {
      session.end(error)
    }
  }

  #locate(session: Session, states: readonly PartitionState[]): void {
    const { kafka, onAssigned, backoff = defaultBackoff } = this.#o
    const waits = (why: string | undefined): void => {
      if (why === undefined) this.#settled()
      else this.#dependency.begins(why)
      this.#blocked()
    }
    locate({ kafka, offsets: this.#offsets, group: this.#group, topic: this.#named }, states, {
      signal: this.#signal,
      ask: async (partition) => (await onAssigned?.(partition)) ?? undefined,
      backoff,
      waits,
      found: (state) => {
        session.seek(state.partition, state.next)
        session.resume(state.partition)
      },
    }).catch((error: unknown) => session.end(error))
  }

  async #eachBatch(session: Session, payload: kafkajs.EachBatchPayload): Promise<void> {
    const { batch } = payload
    const state = this.#partitions.get(batch.partition)
    if (state?.located !== true || state.waiting) return
    state.end = Math.max(state.end, Number(batch.highWatermark))
    const { batchMax = 500, batchBytes = 4 * 1024 * 1024 } = this.#o
    const bounds = { count: batchMax, bytes: batchBytes }
    try {
      for (const messages of chunksOf(batch.messages, bounds, (m) => m.value?.length ?? 0)) {
        if (!this.#mayGoOn(payload, state)) return
        // Before the work, too: one who was suspended learns here that others have taken over.
        await payload.heartbeat()
        if (!(await this.#slice(session, payload, state, messages))) return
      }
    } catch (error) {
      if (isKafkaError(error)) throw error
      session.end(error)
    }
  }

  #mayGoOn(payload: kafkajs.EachBatchPayload, state: PartitionState): boolean {
    return payload.isRunning() && !payload.isStale() && state.owned && !this.#signal.aborted
  }

  /** Answers whether the next slice of the batch may follow. */
  async #slice(
    session: Session,
    payload: kafkajs.EachBatchPayload,
    state: PartitionState,
    messages: readonly kafkajs.KafkaMessage[],
  ): Promise<boolean> {
    const ended = (this.#o.progress ?? noProgress).begin()
    const began = performance.now()
    try {
      const { result, lost } = await withHeartbeats(
        () => payload.heartbeat(),
        heartbeatEveryMs(this.#o.kafka),
        (isLost) =>
          runSlice(this.#worker, {
            partition: state.partition,
            messages,
            highWatermark: Number(payload.batch.highWatermark),
            isStale: () => isLost() || !this.#mayGoOn(payload, state),
          }),
      )
      if (result.through !== undefined) await this.#commit(payload, state, result.through)
      facts.sliceFinished(this.#named, (performance.now() - began) / 1000)
      const whole = this.#follow(session, state, result, Number(messages.at(-1)?.offset))
      if (lost !== undefined) throw lost
      return whole
    } finally {
      ended()
    }
  }

  async #commit(
    payload: kafkajs.EachBatchPayload,
    state: PartitionState,
    through: number,
  ): Promise<void> {
    if (!state.owned) return
    const { partition } = state
    const handled = through + 1 - state.next
    // First resolved, then committed: if the commit fails, the session still goes on from here.
    payload.resolveOffset(String(through))
    state.advance(through + 1)
    const offsets = [{ partition, offset: String(through + 1) }]
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic: this.#named, partitions: offsets }],
    })
    facts.recordsConsumed(this.#named, handled)
  }

  #follow(session: Session, state: PartitionState, result: SliceResult, last: number): boolean {
    if (!('failure' in result)) {
      const whole = result.through === last
      if (whole) this.#settled()
      else if (result.through === undefined) this.#wait(session, state, undefined)
      return whole
    }
    const { failure } = result
    if (nextStep(failure) === 'retry' && failure instanceof Failure) {
      facts.sliceRetried(this.#named, failure.code)
      this.#dependency.begins(failure.message)
      this.#blocked()
      this.#wait(session, state, failure)
    } else session.end(failure)
    return false
  }

  /** Nothing is in the way any more once no partition waits. */
  #settled(): void {
    if (this.#partitions.all.some(({ attempts }) => attempts > 0)) return
    this.#dependency.ends()
    this.#blocked()
  }

  #blocked(): void {
    const why = this.#o.kafka.outage.why ?? this.#dependency.why
    ;(this.#o.progress ?? noProgress).blocked(why)
  }

  /** Paused, so that other partitions go on and the membership is kept; the position stays where it is. */
  #wait(session: Session, state: PartitionState, failure: Failure | undefined): void {
    if (!state.owned) return
    state.attempts += 1
    session.pause([state.partition])
    const ms = waitBefore(this.#o.backoff ?? defaultBackoff, state.attempts, Math.random())
    state.wakeAfter(ms, () => {
      if (failure instanceof Fenced) this.#takeAgain(session, state)
      else session.resume(state.partition)
    })
  }

  /** Somebody else has written: what we know of the partition is worthless, as after a new assignment. */
  #takeAgain(session: Session, former: PartitionState): void {
    this.#o.onRevoked?.([former.partition])
    const state = this.#partitions.add(former.partition)
    state.attempts = former.attempts
    this.#locate(session, [state])
  }

  #lags() {
    return this.#partitions.all
      .filter(({ located }) => located)
      .map(({ partition, lag }) => ({ topic: this.#named, partition, records: lag }))
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
      this.#blocked()
      const open = this.#partitions.all.filter(({ waiting }) => !waiting)
      progress.pending(open.reduce((sum, { lag }) => sum + lag, 0))
      await pause(pollMs, this.#signal)
    }
  }

  async #readEnds(): Promise<void> {
    const at = Date.now()
    const bounds = await this.#offsets.bounds()
    this.#count = bounds.size
    for (const state of this.#partitions.all) {
      const high = bounds.get(state.partition)?.high
      if (high !== undefined && state.located) state.sawEnd(high, at)
    }
  }
}

/**
 * A consumer of a topic's records as whole batches: of a contract's messages, or for a plain name of bytes. It starts at
 * `run`.
 */
export function consumeBatches<T>(options: ConsumeOptions<T> & TopicOption<T>): BatchConsumer
export function consumeBatches(options: ConsumeOptions<Buffer> & RawTopicOption): BatchConsumer
export function consumeBatches<T>(
  options: ConsumeOptions<T> & { readonly topic: TopicContract<T> | string },
): BatchConsumer {
  const { topic } = options
  return typeof topic === 'string'
    ? new KafkaBatchConsumer(options as unknown as ConsumeOptions<Buffer>, topic, bytes)
    : new KafkaBatchConsumer(options, topic.topic, jsonOf(topic))
}
