import { deadLetterTopicOf } from '@kubesift/contracts'
import type { Kafka } from './client.ts'
import {
  type LetterCopy,
  type ParkedLetter,
  placeText,
  readDead,
  type SourcePlace,
} from './letter.ts'
import { type RawRecord, readRecords, spansOf } from './read-records.ts'

/** All that a dead-letter topic says of one source record, however often and by whomever it was parked. */
export interface Letter {
  readonly place: SourcePlace
  /** The newest reason. */
  readonly why: string
  /** When it was parked last, in milliseconds since the epoch. */
  readonly at: number
  readonly stages: readonly string[]
  readonly entries: readonly number[] | undefined
  /** The oldest first. */
  readonly copies: readonly LetterCopy[]
  /** When it was written back last. */
  readonly replayedAt: number | undefined
}

/** A dead-letter topic, read. */
export interface LetterBook {
  /** The source topic. */
  readonly topic: string
  /** By {@link placeText}, in the order of partition and offset. */
  readonly letters: ReadonlyMap<string, Letter>
  /** Records that no stage of ours wrote. */
  readonly foreign: number
}

/** Gathers what is read, one record after the other. Values are not kept. */
export class LetterGatherer {
  readonly #topic: string
  readonly #letters = new Map<string, Letter>()
  readonly #marks = new Map<string, number>()
  /** Thousands of letters have few reasons. */
  readonly #texts = new Map<string, string>()
  #foreign = 0

  constructor(topic: string) {
    this.#topic = topic
  }

  add(record: RawRecord): void {
    const read = readDead(record, this.#topic)
    if (read.kind === 'foreign') this.#foreign += 1
    else if (read.kind === 'letter') this.#addLetter(read)
    else {
      const place = placeText(read.place)
      this.#marks.set(place, Math.max(read.at, this.#marks.get(place) ?? read.at))
    }
  }

  book(): LetterBook {
    const sorted = [...this.#letters].toSorted(
      ([, a], [, b]) => a.place.partition - b.place.partition || a.place.offset - b.place.offset,
    )
    const letters = sorted.map(
      ([place, letter]) => [place, { ...letter, replayedAt: this.#marks.get(place) }] as const,
    )
    return { topic: this.#topic, letters: new Map(letters), foreign: this.#foreign }
  }

  #addLetter({ place, why, stage, at, entries, copy }: ParkedLetter): void {
    const name = placeText(place)
    const before = this.#letters.get(name)
    const isNewer = before === undefined || at >= before.at
    this.#letters.set(name, {
      place,
      why: isNewer ? this.#once(why) : before.why,
      at: isNewer ? at : before.at,
      stages: [...new Set([...(before?.stages ?? []), this.#once(stage)])],
      entries: isNewer ? entries : before.entries,
      copies: [...(before?.copies ?? []), copy],
      replayedAt: undefined,
    })
  }

  #once(text: string): string {
    const known = this.#texts.get(text)
    if (known === undefined) this.#texts.set(text, text)
    return known ?? text
  }
}

/** Reads the dead-letter topic of `topic`, as it is now, from its beginning to its end. */
export const readLetters = async (
  kafka: Kafka,
  topic: string,
  signal: AbortSignal,
): Promise<LetterBook> => {
  const dead = deadLetterTopicOf(topic)
  const gatherer = new LetterGatherer(topic)
  const spans = await spansOf(kafka, dead)
  await readRecords(kafka, dead, { spans, take: (record) => gatherer.add(record), signal })
  return gatherer.book()
}

/** The best copy of a letter: the newest that has the value itself. */
export const bestCopy = ({ copies }: Letter): LetterCopy | undefined =>
  copies.findLast(({ byReference }) => !byReference) ?? copies.at(-1)

/** A letter with the record that lies in the dead-letter topic. */
export interface FoundLetter {
  readonly letter: Letter
  readonly record: RawRecord
}

/** The letter of this source place; nothing when there is none (any more). */
export const findLetter = async (
  kafka: Kafka,
  place: SourcePlace,
  signal: AbortSignal,
): Promise<FoundLetter | undefined> => {
  const dead = deadLetterTopicOf(place.topic)
  const gatherer = new LetterGatherer(place.topic)
  const wanted = placeText(place)
  let found: RawRecord | undefined
  const take = (record: RawRecord): void => {
    const read = readDead(record, place.topic)
    if (read.kind === 'foreign' || placeText(read.place) !== wanted) return
    gatherer.add(record)
    if (read.kind === 'letter' && (record.value !== null || found === undefined)) found = record
  }
  await readRecords(kafka, dead, { spans: await spansOf(kafka, dead), take, signal })
  const letter = gatherer.book().letters.get(wanted)
  return letter === undefined || found === undefined ? undefined : { letter, record: found }
}
