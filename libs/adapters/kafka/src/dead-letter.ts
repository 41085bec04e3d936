import { deadLetterTopicOf, dlqHeaders } from '@kubesift/contracts'
import { MessageTooLarge } from './errors.ts'
import { facts } from './facts.ts'
import type { OutgoingRecord, Producer } from './producer.ts'
import type { Received } from './records.ts'

/** A record, or some entries of it, that cannot be processed: kept with its reason, so that the rest can go on. */
export interface Parked {
  readonly record: Received<unknown>
  readonly why: string
  /** A failure code: closed set, it becomes a metric label. */
  readonly code?: string
  /** The bad entries' places inside the record, when the good ones went on. */
  readonly entries?: readonly number[]
}

/** Where a parked record came from. */
export interface Origin {
  readonly topic: string
  readonly partition: number
  readonly stage: string
}

/** A header is for people and for `dlq show`, not for a dump. */
const maxError = 2_000
const maxEntries = 200

const letterOf = (parked: Parked, { topic, partition, stage }: Origin): OutgoingRecord => ({
  key: parked.record.key,
  value: parked.record.raw,
  headers: {
    ...parked.record.headers,
    [dlqHeaders.error]: parked.why.slice(0, maxError),
    [dlqHeaders.stage]: stage,
    [dlqHeaders.topic]: topic,
    [dlqHeaders.partition]: String(partition),
    [dlqHeaders.offset]: String(parked.record.offset),
    [dlqHeaders.time]: new Date().toISOString(),
    ...(parked.entries === undefined
      ? {}
      : { [dlqHeaders.entries]: parked.entries.slice(0, maxEntries).join(',') }),
  },
})

/** Too large for the dead-letter topic: the headers say where the source record still is, until its retention ends. */
const byReference = (letter: OutgoingRecord): OutgoingRecord => ({
  ...letter,
  value: null,
  headers: Object.fromEntries(
    Object.entries(letter.headers ?? {}).filter(([name]) => name.startsWith('dlq-')),
  ),
})

/** Writes to `<topic>.dlq`; a repeat after a crash writes again, and readers drop it by topic, partition and offset. */
export const park = async (
  producer: Producer,
  origin: Origin,
  parked: readonly Parked[],
): Promise<void> => {
  const topic = deadLetterTopicOf(origin.topic)
  for (const one of parked) {
    const letter = letterOf(one, origin)
    try {
      await producer.publishRaw(topic, [letter])
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error
      await producer.publishRaw(topic, [byReference(letter)])
    }
    facts.recordParked(origin.topic, one.code ?? 'CONTRACT_VIOLATION')
  }
}
