import {
  parseTraceparent,
  placeText,
  type FoundLetter,
  type RawRecord,
} from '@kubesift/adapter-kafka'
import { ceHeaders, deadLetterTopicOf } from '@kubesift/contracts'
import { formatInstant } from '@kubesift/core-signal'
import { wrap } from '../render/cells.ts'
import { shortAge } from '../render/words.ts'
import type { TextOptions } from './list-text.ts'
import { valueText } from './value-text.ts'
import { visible, visibleUpTo } from './visible.ts'

/** A letter and, where it is by reference, its source record if that is still there. */
export interface ShownLetter extends FoundLetter {
  readonly source: RawRecord | undefined
}

export interface ShowOptions extends TextOptions {
  /** All lines of the value, however many. */
  readonly full: boolean
}

const VALUE_LINES = 200
const HEADER_MAX = 2_000
const LABEL = 10

/** All that is known of one dead letter. Whatever it carries is harmless on a terminal. */
export const letterText = (shown: ShownLetter, options: ShowOptions): readonly string[] => [
  ...factLines(shown, options),
  '',
  options.paint.bold('Headers'),
  ...headerLines(shown.record),
  '',
  ...valueLines(shown, options),
]

const factLines = (
  { letter, record }: ShownLetter,
  { columns, paint, now }: ShowOptions,
): readonly string[] => {
  const dead = deadLetterTopicOf(letter.place.topic)
  const copies = letter.copies.map(({ partition, offset }) => `${dead}/${partition}/${offset}`)
  const when = (at: number): string => `${formatInstant(at)}, ${shortAge(now - at)} ago`
  const facts: readonly (readonly [string, string])[] = [
    ['why', visible(letter.why)],
    ['stage', letter.stages.map((stage) => visible(stage)).join(', ')],
    ['parked', when(letter.at)],
    ['lies at', copies.join(' ')],
    ...(letter.entries === undefined
      ? []
      : ([['entries', `${letter.entries.join(', ')} were bad; the others went on`]] as const)),
    ['replayed', letter.replayedAt === undefined ? 'no' : when(letter.replayedAt)],
    ['trace', traceOf(record)],
    ['key', record.key === null ? 'none' : bytesText(record.key)],
  ]
  return [
    paint.bold(placeText(letter.place)),
    ...facts.flatMap(([label, text]) =>
      wrap(text, Math.max(20, columns - LABEL - 2)).map(
        (line, i) => `  ${(i === 0 ? label : '').padEnd(LABEL)}${line}`,
      ),
    ),
  ]
}

/** The id to look for where traces are kept. */
const traceOf = (record: RawRecord): string => {
  const header = record.headers.get(ceHeaders.traceparent)?.toString()
  if (header === undefined) return 'none'
  return parseTraceparent(header)?.traceId ?? `${visibleUpTo(header, 100)} (no traceparent)`
}

const headerLines = (record: RawRecord): readonly string[] => {
  const names = [...record.headers.keys()]
  const width = Math.min(24, Math.max(0, ...names.map((name) => visible(name).length)))
  return names.map((name) => {
    const value = record.headers.get(name) ?? Buffer.alloc(0)
    return `  ${visibleUpTo(name, 200).padEnd(width)}  ${bytesText(value)}`
  })
}

/** Text where the bytes are text, else hexadecimal. */
const bytesText = (bytes: Buffer): string => {
  const text = bytes.toString('utf8')
  if (Buffer.from(text).equals(bytes)) return visibleUpTo(text, HEADER_MAX)
  const cut = bytes.length > 64 ? `… (${bytes.length} bytes)` : ''
  return `0x${bytes.subarray(0, 64).toString('hex')}${cut}`
}

const valueLines = (
  { letter, record, source }: ShownLetter,
  { full, paint }: ShowOptions,
): readonly string[] => {
  const from = record.value === null ? source : record
  const place = placeText(letter.place)
  if (from?.value == null)
    return [
      paint.bold('Value'),
      `  It was too large for the dead-letter topic, and ${place} is no longer there: its bytes are lost.`,
    ]
  const contentType = from.headers.get(ceHeaders.contentType)?.toString()
  const { what, lines } = valueText(from.value, { topic: letter.place.topic, contentType })
  const fetched = from === source ? ` (too large for a dead letter; read from ${place})` : ''
  const shown = full ? lines : lines.slice(0, VALUE_LINES)
  const more = lines.length - shown.length
  return [
    `${paint.bold('Value')}: ${what}${fetched}`,
    ...shown.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … ${more.toLocaleString('en-US')} more lines: --full`] : []),
  ]
}

/** The same for programs: the bytes as they are, in base64. */
export const letterJson = ({ letter, record, source }: ShownLetter): unknown => {
  const value = record.value ?? source?.value ?? null
  return {
    ...listedLetter(letter),
    copies: letter.copies,
    trace: parseTraceparent(record.headers.get(ceHeaders.traceparent)?.toString())?.traceId ?? null,
    key: record.key?.toString('base64') ?? null,
    headers: Object.fromEntries([...record.headers].map(([name, text]) => [name, text.toString()])),
    /** Null where it was by reference and the source is gone. */
    value: value?.toString('base64') ?? null,
  }
}

/** A letter as `list --format json` has it. */
export const listedLetter = (letter: ShownLetter['letter']): object => ({
  place: placeText(letter.place),
  why: letter.why,
  stages: letter.stages,
  at: formatInstant(letter.at),
  entries: letter.entries ?? null,
  replayedAt: letter.replayedAt === undefined ? null : formatInstant(letter.replayedAt),
})
