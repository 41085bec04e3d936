import { dlqHeaders } from '@kubesift/contracts'
import { z } from 'zod'
import type { OutgoingRecord } from './producer.ts'
import type { RawRecord } from './read-records.ts'

/** Where the record of a dead letter lay before it was parked. Its topic goes by its plain name. */
export interface SourcePlace {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** Where a letter, or a repeat of it, lies in the dead-letter topic. */
export interface LetterCopy {
  readonly partition: number
  readonly offset: number
  /** The value was too large for the dead-letter topic: it is where it came from, until its retention ends. */
  readonly byReference: boolean
}

/** One record that could not be processed, as one of its readers parked it. */
export interface ParkedLetter {
  readonly kind: 'letter'
  readonly place: SourcePlace
  readonly why: string
  readonly stage: string
  /** When it was parked, in milliseconds since the epoch. */
  readonly at: number
  /** The bad entries' places inside the record, when the good ones went on. */
  readonly entries: readonly number[] | undefined
  readonly copy: LetterCopy
}

/** Says that the letters of this place were written back to their source topic. */
export interface ReplayMark {
  readonly kind: 'mark'
  readonly place: SourcePlace
  readonly at: number
}

/** What a record of a dead-letter topic says; `foreign` is what no stage of ours wrote. */
export type DeadRecord = ParkedLetter | ReplayMark | { readonly kind: 'foreign' }

/** As `topic/partition/offset`. */
export const placeText = ({ topic, partition, offset }: SourcePlace): string =>
  `${topic}/${partition}/${offset}`

const whole = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .pipe(z.number().int().nonnegative())
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const Place = z.object({
  [dlqHeaders.topic]: z.string().min(1),
  [dlqHeaders.partition]: whole.pipe(z.int32()),
  [dlqHeaders.offset]: whole,
})
const Said = z.object({
  [dlqHeaders.error]: z.string(),
  [dlqHeaders.stage]: z.string().default(''),
  [dlqHeaders.time]: instant.optional().catch(undefined),
  [dlqHeaders.entries]: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(whole))
    .optional()
    .catch(undefined),
})
const Marked = z.object({ [dlqHeaders.replayed]: instant })

/** Reads a record of the dead-letter topic that belongs to `topic`. Anybody may have written there: it answers and does not throw. */
export const readDead = (record: RawRecord, topic: string): DeadRecord => {
  const headers = Object.fromEntries(
    Object.values(dlqHeaders).map((name) => [name, record.headers.get(name)?.toString('utf8')]),
  )
  const found = Place.safeParse(headers)
  // a letter of another topic would be replayed into that one
  if (!found.success || found.data[dlqHeaders.topic] !== topic) return { kind: 'foreign' }
  const place = {
    topic,
    partition: found.data[dlqHeaders.partition],
    offset: found.data[dlqHeaders.offset],
  }
  const marked = Marked.safeParse(headers)
  if (marked.success) return { kind: 'mark', place, at: marked.data[dlqHeaders.replayed] }
  const said = Said.safeParse(headers)
  if (!said.success) return { kind: 'foreign' }
  const { partition, offset, timestamp, value } = record
  return {
    kind: 'letter',
    place,
    why: said.data[dlqHeaders.error],
    stage: said.data[dlqHeaders.stage],
    at: said.data[dlqHeaders.time] ?? timestamp,
    entries: said.data[dlqHeaders.entries],
    copy: { partition, offset, byReference: value === null },
  }
}

/** The record that was parked: its key, value and headers, without what the dead letter added. */
export const sourceOf = (
  { key, value, headers }: Pick<RawRecord, 'key' | 'value' | 'headers'>,
  partition: number | undefined,
): OutgoingRecord => ({
  key,
  value,
  headers: Object.fromEntries([...headers].filter(([name]) => !name.startsWith('dlq-'))),
  ...(partition === undefined ? {} : { partition }),
})

/** The marker of a replay, for one partition of the dead-letter topic. */
export const markOf = (place: SourcePlace, partition: number, now: number): OutgoingRecord => ({
  key: null,
  value: null,
  partition,
  headers: {
    [dlqHeaders.replayed]: new Date(now).toISOString(),
    [dlqHeaders.topic]: place.topic,
    [dlqHeaders.partition]: String(place.partition),
    [dlqHeaders.offset]: String(place.offset),
  },
})
