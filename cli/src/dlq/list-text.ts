import { placeText, type Letter } from '@kubesift/adapter-kafka'
import { fit, pad, widthOf } from '../render/cells.ts'
import type { Paint } from '../render/paint.ts'
import { counted, shortAge } from '../render/words.ts'
import type { Summary } from './summary.ts'
import { visibleUpTo } from './visible.ts'

export interface TextOptions {
  readonly columns: number
  readonly paint: Paint
  readonly now: number
}

const REASONS = 10
/** Place, age, replayed, stages; the reason takes the rest. */
const COLUMN_MAX = [60, 10, 8, 28]

/** The dead-letter topics, those with letters first and in full. */
export const summaryLines = (
  summaries: readonly Summary[],
  options: TextOptions,
): readonly string[] => {
  const full = summaries.filter(({ letters, foreign }) => letters > 0 || foreign > 0)
  const empty = summaries.length - full.length
  const lines = full.flatMap((one) => [...topicLines(one, options), ''])
  const place = full.flatMap(({ reasons }) => reasons.flatMap(({ places }) => places))[0]
  if (place === undefined && full.length === 0)
    return [`No dead letters in ${counted(empty, 'topic')}.`]
  return [
    ...lines,
    ...(empty === 0 ? [] : [`${counted(empty, 'more topic')} without dead letters.`]),
    ...(place === undefined
      ? []
      : [
          options.paint.dim(
            `\`./kubesift dlq show ${place}\` shows one, \`dlq replay\` gives back`,
          ),
        ]),
  ]
}

const topicLines = (
  { deadLetterTopic, letters, replayed, foreign, newestAt, stages, reasons }: Summary,
  { columns, paint, now }: TextOptions,
): readonly string[] => {
  const facts = [
    counted(letters, 'letter'),
    ...(replayed === 0 ? [] : [`${replayed} of them replayed`]),
    ...(newestAt === undefined ? [] : [`newest ${shortAge(now - newestAt)} ago`]),
    ...(foreign === 0 ? [] : [`${counted(foreign, 'record')} that no stage wrote`]),
  ]
  const by = stages.map(({ stage, letters: n }) => `${visibleUpTo(stage, 80) || '(no name)'} ${n}`)
  const more = reasons.length - REASONS
  return [
    `${paint.bold(deadLetterTopic)}: ${facts.join(', ')}`,
    ...(by.length === 0 ? [] : [fit(`  parked by ${by.join(', ')}`, columns)]),
    ...reasons
      .slice(0, REASONS)
      .flatMap((group) => [
        fit(`${String(group.letters).padStart(6)}  ${visibleUpTo(group.reason, 400)}`, columns),
        paint.dim(
          `        ${group.places.join(' ')}${group.letters > group.places.length ? ' …' : ''}`,
        ),
      ]),
    ...(more > 0 ? [`        and ${counted(more, 'more reason')}: --format json`] : []),
  ]
}

/** Every letter of a topic, a line each. */
export const letterLines = (
  letters: readonly Letter[],
  { columns, now }: TextOptions,
): readonly string[] => {
  const rows = letters.map((letter) => [
    placeText(letter.place),
    `${shortAge(now - letter.at)} ago`,
    letter.replayedAt === undefined ? '' : 'replayed',
    letter.stages.map((stage) => visibleUpTo(stage, 40)).join(','),
    visibleUpTo(letter.why, 400),
  ])
  const widths = COLUMN_MAX.map((max, i) =>
    Math.min(max, Math.max(0, ...rows.map((row) => widthOf(row[i] ?? '')))),
  )
  return rows.map((row) => {
    const cells = row.map((cell, i) => (i < widths.length ? pad(cell, widths[i] ?? 0) : cell))
    return fit(cells.filter((cell) => cell !== '').join('  '), columns)
  })
}
