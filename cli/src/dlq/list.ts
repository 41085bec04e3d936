import { readLetters, topicsPresent, type Kafka, type LetterBook } from '@kubesift/adapter-kafka'
import { deadLetterTopicOf } from '@kubesift/contracts'
import { formatInstant } from '@kubesift/core-signal'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext } from '../frame/verb.ts'
import { columnsFor, paintFor } from '../render/paint.ts'
import { letterLines, summaryLines } from './list-text.ts'
import { knownTopics, unknownTopic } from './place.ts'
import { listedLetter } from './show-text.ts'
import { summarise, type Summary } from './summary.ts'
import { visibleJson } from './visible.ts'

export interface ListOptions {
  readonly format: 'table' | 'json'
}

/** `dlq list`: every dead-letter topic in short, or all letters of one. */
export const list = async (
  kafka: Kafka,
  topic: string | undefined,
  { format }: ListOptions,
  context: CliContext,
): Promise<ExitCode> => {
  const topics = topic === undefined ? knownTopics : [topic]
  const there = new Set(await topicsPresent(kafka, topics.map(deadLetterTopicOf)))
  if (topic !== undefined && there.size === 0) throw unknownTopic(topic)
  const books: LetterBook[] = []
  for (const one of topics.filter((name) => there.has(deadLetterTopicOf(name))))
    books.push(await readLetters(kafka, one, context.signal))
  if (context.signal.aborted) return ExitCode.interrupted
  if (format === 'json') {
    const asked = topic !== undefined
    context.print(visibleJson({ topics: books.map((book) => bookJson(book, asked)) }))
  } else for (const line of lines(books, topic, context)) context.print(line)
  return ExitCode.ok
}

const lines = (
  books: readonly LetterBook[],
  topic: string | undefined,
  context: CliContext,
): readonly string[] => {
  const options = { columns: columnsFor(context), paint: paintFor(context), now: context.now() }
  const short = summaryLines(books.map(summarise), options)
  const letters = books.flatMap((book) => [...book.letters.values()])
  return topic === undefined || letters.length === 0
    ? short
    : [...short, '', ...letterLines(letters, options)]
}

const bookJson = (book: LetterBook, withLetters: boolean): object => {
  const summary: Summary = summarise(book)
  return {
    ...summary,
    newestAt: summary.newestAt === undefined ? null : formatInstant(summary.newestAt),
    reasons: summary.reasons.map((group) => ({
      ...group,
      newestAt: formatInstant(group.newestAt),
    })),
    ...(withLetters ? { each: [...book.letters.values()].map(listedLetter) } : {}),
  }
}
