import type kafkajs from 'kafkajs'
import type { Kafka } from './client.ts'

/** The oldest offset of a partition, and the one after the newest. */
export interface Bounds {
  readonly low: number
  readonly high: number
}

/** The next offset of a partition by its group, and what its holder has noted beside it. */
export interface Commit {
  readonly offset: number
  readonly note?: string
}

/** Asks the broker where a topic's partitions and a group stand. */
export class Offsets {
  readonly #admin: kafkajs.Admin
  readonly #topic: string

  constructor(kafka: Kafka, topic: string) {
    this.#admin = kafka.client.admin()
    this.#topic = topic
  }

  /** By partition. */
  async bounds(): Promise<ReadonlyMap<number, Bounds>> {
    // Does nothing while a connection is up, and makes a new one after an outage.
    await this.#admin.connect()
    const found = await this.#admin.fetchTopicOffsets(this.#topic)
    return new Map(
      found.map(({ partition, low, high }) => [
        partition,
        { low: Number(low), high: Number(high) },
      ]),
    )
  }

  /** By partition, the first offset that was written at this time or later; where there is none, the one after the newest. */
  async since(at: number): Promise<ReadonlyMap<number, number>> {
    await this.#admin.connect()
    const found = await this.#admin.fetchTopicOffsetsByTimestamp(this.#topic, at)
    return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]))
  }

  /** By partition; those that the group never committed are missing. */
  async committed(groupId: string): Promise<ReadonlyMap<number, number>> {
    const commits = await this.commits(groupId)
    return new Map([...commits].map(([partition, { offset }]) => [partition, offset]))
  }

  /** By partition, with what was committed beside the offset. */
  async commits(groupId: string): Promise<ReadonlyMap<number, Commit>> {
    await this.#admin.connect()
    const found = await this.#admin.fetchOffsets({ groupId, topics: [this.#topic] })
    return new Map(
      found
        .flatMap(({ partitions }) => partitions)
        .map(({ partition, offset, metadata }) => {
          const note = metadata === null || metadata === '' ? {} : { note: metadata }
          return [partition, { offset: Number(offset), ...note }] as const
        })
        .filter(([, { offset }]) => offset >= 0),
    )
  }

  disconnect(): Promise<void> {
    return this.#admin.disconnect()
  }
}
