import { randomBytes } from 'node:crypto'
import type kafkajs from 'kafkajs'
import type { Kafka } from './client.ts'
import { asFailure } from './errors.ts'
import { Offsets } from './offsets.ts'
import { Session } from './session.ts'

/** A record as it lies in Kafka: nothing of it is decoded. */
export interface RawRecord {
  readonly partition: number
  readonly offset: number
  /** Milliseconds since the epoch: the producer's time, or the broker's. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Of a header that was sent twice the last value. */
  readonly headers: ReadonlyMap<string, Buffer>
}

/** What to read of a partition: from an offset up to and without another. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The plain names of those of the topics that are there. */
export const topicsPresent = async (
  kafka: Kafka,
  topics: readonly string[],
): Promise<readonly string[]> => {
  const admin = kafka.client.admin()
  try {
    await admin.connect()
    const there = new Set(await admin.listTopics())
    return topics.filter((topic) => there.has(kafka.named(topic)))
  } catch (error) {
    throw asFailure(error, 'asking which topics there are')
  } finally {
    await admin.disconnect()
  }
}

/** What a topic holds at this moment, by partition. */
export const spansOf = async (kafka: Kafka, topic: string): Promise<ReadonlyMap<number, Span>> => {
  const offsets = new Offsets(kafka, kafka.named(topic))
  try {
    const bounds = await offsets.bounds()
    return new Map(
      [...bounds].map(([partition, { low, high }]) => [partition, { from: low, to: high }]),
    )
  } catch (error) {
    throw asFailure(error, `asking for the end of ${kafka.named(topic)}`)
  } finally {
    await offsets.disconnect()
  }
}

/** What was written to a topic from `at` on, by partition. */
export const spansSince = async (
  kafka: Kafka,
  topic: string,
  at: number,
): Promise<ReadonlyMap<number, Span>> => {
  const offsets = new Offsets(kafka, kafka.named(topic))
  try {
    const [from, bounds] = [await offsets.since(at), await offsets.bounds()]
    return new Map(
      [...bounds].map(([partition, { high }]) => [
        partition,
        { from: Math.min(high, from.get(partition) ?? high), to: high },
      ]),
    )
  } catch (error) {
    throw asFailure(error, `asking what was written last to ${kafka.named(topic)}`)
  } finally {
    await offsets.disconnect()
  }
}

export interface Reading {
  readonly spans: ReadonlyMap<number, Span>
  readonly take: (record: RawRecord) => Promise<void> | void
  readonly signal?: AbortSignal
}

/**
 * Hands over the records of these spans, those of a partition in their order, one at a time, and returns when there are no more. It
 * begins at the offsets that it is told, commits nothing, and leaves no group behind: whoever else reads the topic does not notice.
 * What retention or compaction took away is left out. Throws what `take` throws, and `DependencyUnavailable` when Kafka goes away.
 */
export const readRecords = async (
  kafka: Kafka,
  topic: string,
  { spans, take, signal = new AbortController().signal }: Reading,
): Promise<void> => {
  const open = new Map([...spans].filter(([, { from, to }]) => from < to))
  if (open.size === 0 || signal.aborted) return
  // kafkajs reads only as a member of a group: one of this call alone
  const groupId = kafka.named(`${kafka.clientId}-${randomBytes(6).toString('hex')}`)
  const options = { kafka, topic: kafka.named(topic), groupId, maxWaitMs: 100, concurrency: 1 }
  const done = (session: Session, partition: number): void => {
    open.delete(partition)
    session.pause([partition])
    if (open.size === 0) session.end()
  }
  const session: Session = new Session(options, {
    joined: (partitions) => session.guard(() => steer(session, partitions, open)),
    rebalancing: () => undefined,
    alive: () => undefined,
    skipped: (partition, next) => {
      const span = open.get(partition)
      if (span !== undefined && next >= span.to) done(session, partition)
    },
  })
  try {
    await session.run(handing({ session, open, take, done, signal }), signal)
  } finally {
    await forgetGroup(kafka, groupId)
  }
}

/** The one record at this place; nothing when it is no longer, or not yet, there. */
export const readRecordAt = async (
  kafka: Kafka,
  { topic, partition, offset }: { topic: string; partition: number; offset: number },
  signal?: AbortSignal,
): Promise<RawRecord | undefined> => {
  const held = (await spansOf(kafka, topic)).get(partition)
  if (held === undefined || offset < held.from || offset >= held.to) return undefined
  let found: RawRecord | undefined
  const spans = new Map([[partition, { from: offset, to: offset + 1 }]])
  await readRecords(kafka, topic, {
    spans,
    take: (record) => void (found = record),
    ...(signal === undefined ? {} : { signal }),
  })
  return found
}

const steer = (
  session: Session,
  partitions: readonly number[],
  open: ReadonlyMap<number, Span>,
): void => {
  session.pause(partitions.filter((partition) => !open.has(partition)))
  for (const [partition, { from }] of open) session.seek(partition, from)
}

interface Handing {
  readonly session: Session
  readonly open: Map<number, Span>
  readonly take: (record: RawRecord) => Promise<void> | void
  readonly done: (session: Session, partition: number) => void
  readonly signal: AbortSignal
}

const handing =
  ({ session, open, take, done, signal }: Handing): kafkajs.EachBatchHandler =>
  async (payload) => {
    const { batch } = payload
    const span = open.get(batch.partition)
    if (span === undefined) return
    let next = span.from
    for (const message of batch.messages) {
      const offset = Number(message.offset)
      if (offset >= span.to || signal.aborted || payload.isStale()) break
      // before a seek has taken hold kafkajs may have begun elsewhere; after a rebalance it begins again
      if (offset < next) continue
      try {
        await take(recordOf(batch.partition, message))
      } catch (error) {
        session.end(error)
        return
      }
      next = offset + 1
      open.set(batch.partition, { from: next, to: span.to })
      await payload.heartbeat()
    }
    if (payload.isStale() || signal.aborted) return
    payload.resolveOffset(batch.lastOffset())
    if (Number(batch.lastOffset()) + 1 >= span.to) done(session, batch.partition)
  }

const recordOf = (partition: number, message: kafkajs.KafkaMessage): RawRecord => ({
  partition,
  offset: Number(message.offset),
  timestamp: Number(message.timestamp),
  key: message.key,
  value: message.value,
  headers: new Map(
    Object.entries(message.headers ?? {}).flatMap(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value
      return last === undefined ? [] : [[name, Buffer.from(last)] as const]
    }),
  ),
})

/** An empty group goes by itself in time; one that we may not delete is not worth an error. */
const forgetGroup = async (kafka: Kafka, groupId: string): Promise<void> => {
  const admin = kafka.client.admin({ retry: { retries: 0 } })
  try {
    await admin.connect()
    await admin.deleteGroups([groupId])
  } catch (error) {
    kafka.log.debug({ err: error, groupId }, 'a group of ours was not deleted')
  } finally {
    await admin.disconnect()
  }
}
