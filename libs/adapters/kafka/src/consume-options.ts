import type { TopicContract } from '@kubesift/contracts'
import type { Backoff } from './backoff.ts'
import type { Kafka } from './client.ts'
import type { Parked } from './dead-letter.ts'
import type { Position } from './partitions.ts'
import type { Producer } from './producer.ts'
import type { LoopProgress } from './progress.ts'
import type { Decode, Received } from './records.ts'

/** Consecutive readable records of one partition; what nobody can read is parked by the adapter and not seen here. */
export interface Batch<T> {
  /** The plain topic name. */
  readonly topic: string
  readonly partition: number
  /** Never empty. */
  readonly records: readonly Received<T>[]
  readonly firstOffset: number
  /** Of the last record handed over. */
  readonly lastOffset: number
  /** The offset after the newest record of the partition when this was fetched. */
  readonly highWatermark: number
  /** True once this process should not act for the partition any more: it stops, was thrown out, or seeks. */
  readonly isStale: () => boolean
}

/** What a handler has done. */
export interface Handled {
  /** The last offset whose effects are durable; what comes after it is handed over again. */
  readonly through: number
  /** Records, or entries of them, that it could not process. They are parked before the offset is committed. */
  readonly parked?: readonly Parked[]
  /**
   * What the next holder of the partition has to know beside the offset; committed with it, so neither is ever without the other. Brokers
   * take 4 KB (`offset.metadata.max.bytes`).
   */
  readonly note?: string
}

/**
 * Handles one batch. A thrown `Failure` says what is next: `retry` pauses the partition and hands the same records over again,
 * `dead-letter` finds the one record that causes it (by handing them over one at a time) and parks it, `crash`, and any
 * error that is not a `Failure`, ends the loop. Handlers see records again after a retry or a crash: effects must be idempotent.
 */
export type Handle<T> = (batch: Batch<T>) => Promise<Handled>

export interface ConsumeOptions<T> {
  readonly kafka: Kafka
  /** The plain name; the group on the broker carries the deployment's prefix. */
  readonly groupId: string
  readonly handle: Handle<T>
  /**
   * A partition was assigned, again after every rebalance: load what is needed for it and answer where its state stands (the
   * next offset to apply), or null. Reading starts at the smaller of that and the committed offset. Nothing of the partition
   * is handed over before the answer. `note` is what was committed with the offset.
   */
  readonly onAssigned?: (partition: number, note?: string) => Promise<number | null> | number | null
  /** These partitions may belong to others now: drop their caches. Called before any new assignment, and at the end. */
  readonly onRevoked?: (partitions: readonly number[]) => void
  /** Written on what is parked. Default: the group id. */
  readonly stage?: string
  /** Records in one batch at most. Default 500. */
  readonly batchMax?: number
  /** Bytes in one batch at most (one larger record still gets through). Default 4 MiB. */
  readonly batchBytes?: number
  /** What one fetch brings of a partition at most (one larger record still comes). Default 1 MiB. */
  readonly fetchBytes?: number
  /** Partitions worked on at the same time. Default 1. */
  readonly concurrency?: number
  /** How long a fetch waits for data: also how long a paused partition may take to notice its resume. Default 500 ms. */
  readonly maxWaitMs?: number
  /** How often the ends of the partitions are asked for. Default 2 s. */
  readonly pollMs?: number
  readonly backoff?: Backoff
  readonly progress?: LoopProgress
  /** For dead letters. Default: one of its own, connected when first needed. */
  readonly producer?: Producer
}

export interface TopicOption<T> {
  readonly topic: TopicContract<T>
}

/** A topic whose values are read by a reader of its own. */
export interface DecodedTopicOption<T> {
  readonly topic: string
  readonly decode: Decode<T>
}

/** A topic whose values are bytes. */
export interface RawTopicOption {
  readonly topic: string
}

/** A consumer of one topic. */
export interface BatchConsumer {
  /**
   * Consumes until the signal, then finishes the batch in hand, commits and leaves the group. Waits out a broker that is away.
   * Rejects when the handler (or Kafka's refusal) says crash: the process should end.
   */
  run(signal: AbortSignal): Promise<void>
  /** Where each owned partition stands; empty while the group rebalances. */
  positions(): ReadonlyMap<number, Position>
  /** How many partitions the topic has; 0 until it is known. */
  partitionCount(): number
  /** Why this consumer is not ready; empty when it is. */
  reasons(): readonly string[]
}
