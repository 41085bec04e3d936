import { Failure, Fenced, nextStep } from '@kubesift/contracts'
import type kafkajs from 'kafkajs'
import { defaultBackoff, waitBefore } from './backoff.ts'
import { chunksOf } from './chunks.ts'
import type { ConsumeOptions } from './consume-options.ts'
import { isKafkaError } from './errors.ts'
import { facts } from './facts.ts'
import { withHeartbeats } from './heartbeats.ts'
import type { Partitions, PartitionState } from './partitions.ts'
import { noProgress } from './progress.ts'
import { heartbeatEveryMs, type Session } from './session.ts'
import { runSlice, type SliceResult, type SliceWorker } from './slice.ts'
import type { Waits } from './waits.ts'

export interface BatchWorkParts<T> {
  readonly options: ConsumeOptions<T>
  readonly worker: SliceWorker<T>
  readonly partitions: Partitions
  readonly waits: Waits
  readonly stopping: () => boolean
  /** Drops what is known of a partition and finds its start anew. */
  readonly takeAgain: (session: Session, former: PartitionState) => void
}

/** What happens to a fetched batch: cut into slices, each handled, committed, and followed by what its outcome asks for. */
export class BatchWork<T> {
  readonly #parts: BatchWorkParts<T>

  constructor(parts: BatchWorkParts<T>) {
    this.#parts = parts
  }

  /** Handed to kafkajs. Throws only what is kafkajs's own: it rejoins the group or ends the session. */
  async eachBatch(session: Session, payload: kafkajs.EachBatchPayload): Promise<void> {
    const { batch } = payload
    const state = this.#parts.partitions.get(batch.partition)
    if (state?.located !== true || state.waiting) return
    state.end = Math.max(state.end, Number(batch.highWatermark))
    const { batchMax = 500, batchBytes = 4 * 1024 * 1024 } = this.#parts.options
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
    return payload.isRunning() && !payload.isStale() && state.owned && !this.#parts.stopping()
  }

  /** Answers whether the next slice of the batch may follow. */
  async #slice(
    session: Session,
    payload: kafkajs.EachBatchPayload,
    state: PartitionState,
    messages: readonly kafkajs.KafkaMessage[],
  ): Promise<boolean> {
    const ended = (this.#parts.options.progress ?? noProgress).begin()
    const began = performance.now()
    state.fetched(Number(messages[0]?.timestamp ?? Date.now()))
    try {
      const { result, lost } = await withHeartbeats(
        () => payload.heartbeat(),
        heartbeatEveryMs(this.#parts.options.kafka),
        (isLost) =>
          runSlice(this.#parts.worker, {
            partition: state.partition,
            messages,
            highWatermark: Number(payload.batch.highWatermark),
            isStale: () => isLost() || !this.#mayGoOn(payload, state),
          }),
      )
      await this.#commit(payload, state, result)
      facts.sliceFinished(this.#parts.worker.named, (performance.now() - began) / 1000)
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
    { through, note }: SliceResult,
  ): Promise<void> {
    if (!state.owned || through === undefined) return
    const { partition } = state
    const handled = through + 1 - state.next
    // First resolved, then committed: if the commit fails, the session still goes on from here.
    payload.resolveOffset(String(through))
    state.advance(through + 1)
    const metadata = note === undefined ? {} : { metadata: note }
    const offsets = [{ partition, offset: String(through + 1), ...metadata }]
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic: this.#parts.worker.named, partitions: offsets }],
    })
    facts.recordsConsumed(this.#parts.worker.named, handled)
  }

  #follow(session: Session, state: PartitionState, result: SliceResult, last: number): boolean {
    if (!('failure' in result)) {
      const whole = result.through === last
      if (whole) this.#parts.waits.settled()
      else if (result.through === undefined) this.#wait(session, state, undefined)
      return whole
    }
    const { failure } = result
    if (nextStep(failure) === 'retry' && failure instanceof Failure) {
      facts.sliceRetried(this.#parts.worker.named, failure.code)
      this.#parts.waits.forDependency(failure.message)
      this.#wait(session, state, failure)
    } else session.end(failure)
    return false
  }

  /** Paused, so that other partitions go on and the membership is kept; the position stays where it is. */
  #wait(session: Session, state: PartitionState, failure: Failure | undefined): void {
    if (!state.owned) return
    state.attempts += 1
    session.pause([state.partition])
    const ms = waitBefore(
      this.#parts.options.backoff ?? defaultBackoff,
      state.attempts,
      Math.random(),
    )
    const wake = (): void =>
      failure instanceof Fenced
        ? this.#parts.takeAgain(session, state)
        : session.resume(state.partition)
    state.wakeAfter(ms, () => session.guard(wake))
  }
}
