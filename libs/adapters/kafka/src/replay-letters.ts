import { deadLetterTopicOf, Failure } from '@kubesift/contracts'
import type { Kafka } from './client.ts'
import { bestCopy, type Letter, type LetterBook } from './letter-book.ts'
import { markOf, sourceOf } from './letter.ts'
import { createProducer, type Producer } from './producer.ts'
import { type RawRecord, readRecordAt, readRecords, type Span, spansOf } from './read-records.ts'

/** What became of one letter. */
export type ReplayOutcome =
  | { readonly kind: 'replayed' }
  /** A dry run: it would be. */
  | { readonly kind: 'would-replay' }
  /** It was before, and nobody said `again`. */
  | { readonly kind: 'already'; readonly at: number }
  /** Its bytes are nowhere any more. */
  | { readonly kind: 'gone' }
  /** The source topic will not take it. */
  | { readonly kind: 'refused'; readonly why: string }

export interface ReplayOptions {
  /** Nothing is written. */
  readonly dryRun?: boolean
  /** Letters that were replayed before, too. */
  readonly again?: boolean
  /** Called for each letter when its outcome is certain. */
  readonly report: (letter: Letter, outcome: ReplayOutcome) => void
  readonly signal: AbortSignal
}

/**
 * Writes the records of these letters back to the partition of the source topic that they came from, where every stage that reads it meets
 * them again. A marker in each partition of the dead-letter topic that holds a copy remembers it: written later than the letter, it
 * outlives it. The record goes first and its marker second, so a crash between them replays twice and never loses one.
 */
export const replayLetters = async (
  kafka: Kafka,
  { topic, letters }: Pick<LetterBook, 'topic' | 'letters'>,
  options: ReplayOptions,
): Promise<void> => {
  const producer = createProducer(kafka)
  const there = await spansOf(kafka, topic)
  try {
    await new Replay(kafka, topic, { options, producer, partitions: there.size }).run([
      ...letters.values(),
    ])
  } finally {
    await producer.disconnect()
  }
}

interface ReplayParts {
  readonly options: ReplayOptions
  readonly producer: Producer
  /** Of the source topic, today. */
  readonly partitions: number
}

class Replay {
  readonly #kafka: Kafka
  readonly #topic: string
  readonly #parts: ReplayParts

  constructor(kafka: Kafka, topic: string, parts: ReplayParts) {
    this.#kafka = kafka
    this.#topic = topic
    this.#parts = parts
  }

  async run(letters: readonly Letter[]): Promise<void> {
    const { again, report } = this.#parts.options
    const due: Letter[] = []
    for (const letter of letters) {
      if (letter.replayedAt === undefined || again === true) due.push(letter)
      else report(letter, { kind: 'already', at: letter.replayedAt })
    }
    await this.#withValues(due.filter((letter) => bestCopy(letter)?.byReference === false))
    await this.#byReference(due.filter((letter) => bestCopy(letter)?.byReference === true))
  }

  /** Their bytes are in the dead-letter topic: it is read once more, because the book keeps none. */
  async #withValues(letters: readonly Letter[]): Promise<void> {
    const waiting = new Map(letters.map((letter) => [copyName(bestCopy(letter)!), letter]))
    const take = async (record: RawRecord): Promise<void> => {
      const letter = waiting.get(copyName(record))
      if (letter === undefined) return
      waiting.delete(copyName(record))
      await this.#write(letter, record)
    }
    const dead = deadLetterTopicOf(this.#topic)
    const { options } = this.#parts
    const spans = spansAround(letters)
    await readRecords(this.#kafka, dead, { spans, take, signal: options.signal })
    if (options.signal.aborted) return
    for (const letter of waiting.values()) options.report(letter, { kind: 'gone' })
  }

  async #byReference(letters: readonly Letter[]): Promise<void> {
    const { signal, report } = this.#parts.options
    for (const letter of letters) {
      if (signal.aborted) return
      const record = await readRecordAt(this.#kafka, letter.place, signal)
      if (record?.value == null) report(letter, { kind: 'gone' })
      else await this.#write(letter, record)
    }
  }

  async #write(letter: Letter, record: RawRecord): Promise<void> {
    const { options, producer, partitions } = this.#parts
    if (options.dryRun === true) return options.report(letter, { kind: 'would-replay' })
    const { partition } = letter.place
    // a topic that was made anew may have fewer partitions: there the key decides
    const source = sourceOf(record, partition < partitions ? partition : undefined)
    try {
      await producer.publishRaw(this.#topic, [source])
    } catch (error) {
      if (!(error instanceof Failure) || error.next !== 'dead-letter') throw error
      return options.report(letter, { kind: 'refused', why: error.message })
    }
    const now = Date.now()
    const holding = [...new Set(letter.copies.map((copy) => copy.partition))]
    await producer.publishRaw(
      deadLetterTopicOf(this.#topic),
      holding.map((dead) => markOf(letter.place, dead, now)),
    )
    options.report(letter, { kind: 'replayed' })
  }
}

const copyName = ({ partition, offset }: { partition: number; offset: number }): string =>
  `${partition}/${offset}`

/** From the first to the last of their best copies, by partition. */
const spansAround = (letters: readonly Letter[]): ReadonlyMap<number, Span> => {
  const spans = new Map<number, Span>()
  for (const letter of letters) {
    const { partition, offset } = bestCopy(letter)!
    const { from, to } = spans.get(partition) ?? { from: offset, to: offset + 1 }
    spans.set(partition, { from: Math.min(from, offset), to: Math.max(to, offset + 1) })
  }
  return spans
}
