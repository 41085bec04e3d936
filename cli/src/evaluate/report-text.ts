import type { Scenario } from '@kubesift/core-evaluation'
import { fit, pad, padLeft, widthOf, wrap } from '../render/cells.ts'
import type { Paint } from '../render/paint.ts'
import { plain } from '../render/plain.ts'
import { counted } from '../render/words.ts'
import { faultsOf, HEAD, leftOut, nLine, pagesOf, rowsOf, type Row } from './report-lines.ts'

export interface EvaluationReportOptions {
  /** Text is wrapped to these. */
  readonly columns: number
  /** The table has these. */
  readonly tableColumns: number
  readonly paint: Paint
  /** Also name what could not be judged. */
  readonly verbose: boolean
  /** Also list the pages that the incidents would cause. */
  readonly pages: boolean
}

const GAP = '  '
const NAME_MAX = 40
const NAME_MIN = 16

/** What `kubesift eval` prints for people: the table, what to act on, and what was left out. */
export const evaluationReport = (
  scenarios: readonly Scenario[],
  options: EvaluationReportOptions,
): string[] => [
  ...table(scenarios, options),
  ...faults(scenarios, options),
  ...pages(scenarios, options),
  ...others(scenarios, options),
]

const table = (
  scenarios: readonly Scenario[],
  { tableColumns, columns, paint }: EvaluationReportOptions,
): string[] => {
  const { rows, total } = rowsOf(scenarios)
  if (rows.length === 0) return ['Nothing could be evaluated.']
  const all = [HEAD, ...rows, ...(total === undefined ? [] : [total])]
  const widths = HEAD.map((_, i) => Math.max(...all.map((row) => widthOf(row[i] ?? ''))))
  widths[0] = Math.min(widths[0] ?? 0, NAME_MAX)
  const shown = columnsFitting(widths, tableColumns)
  const line = (row: Row): string =>
    row
      .slice(0, shown)
      .map((text, i) => (i === 0 ? pad : padLeft)(fit(text, widths[i] ?? 0), widths[i] ?? 0))
      .join(GAP)
      .trimEnd()
  const cut = HEAD.slice(shown)
  return [
    paint.dim(line(HEAD)),
    ...rows.map(line),
    ...(total === undefined ? [] : [paint.bold(line(total))]),
    ...wrap(`ours | baseline; ${nLine(scenarios)}`, columns).map(paint.dim),
    ...(cut.length === 0
      ? []
      : wrap(`no room for ${cut.join(', ')}: --format json, or a wider terminal`, columns).map(
          paint.dim,
        )),
  ]
}

/** How many columns have room; the name gives way first. */
const columnsFitting = (widths: number[], columns: number): number => {
  const used = (n: number): number =>
    widths.slice(0, n).reduce((sum, w) => sum + w + GAP.length, -GAP.length)
  const over = used(widths.length) - columns
  if (over <= 0) return widths.length
  widths[0] = Math.max(NAME_MIN, (widths[0] ?? 0) - over)
  let n = widths.length
  while (n > 1 && used(n) > columns) n -= 1
  return n
}

const faults = (
  scenarios: readonly Scenario[],
  { columns, paint }: EvaluationReportOptions,
): string[] =>
  faultsOf(scenarios).flatMap(({ name, faults: all }) => [
    '',
    paint.bold(plain(name, 200)),
    ...all.flatMap(({ title, text }) =>
      wrap(`${title}: ${plain(text, 600)}`, columns - 5).map(
        (line, i) => `${i === 0 ? '   ' : '     '}${line}`,
      ),
    ),
  ])

const pages = (
  scenarios: readonly Scenario[],
  { columns, paint, pages: shown }: EvaluationReportOptions,
): string[] =>
  !shown
    ? []
    : pagesOf(scenarios).flatMap(({ name, pages: all }) => [
        '',
        `${paint.bold(plain(name, 200))}: ${counted(all.length, 'page', 'pages')}`,
        ...all.flatMap((page) =>
          wrap(plain(page, 600), columns - 5).map(
            (line, i) => `${i === 0 ? '   ' : '     '}${line}`,
          ),
        ),
      ])

const others = (
  scenarios: readonly Scenario[],
  { columns, paint, verbose }: EvaluationReportOptions,
): string[] => {
  const notJudged = leftOut(scenarios, 'not-judged')
  const n = notJudged.reduce((sum, { names }) => sum + names.length, 0)
  return [
    ...leftOut(scenarios, 'error').flatMap(({ why, names }) => [
      '',
      ...wrap(`error: ${plain(names.join(', '), 2000)}: ${plain(why, 600)}`, columns),
    ]),
    ...(n === 0
      ? []
      : [
          '',
          paint.dim(
            `${counted(n, 'scenario has', 'scenarios have')} a label and nothing to compare with it${verbose ? ':' : ' (--verbose names them)'}`,
          ),
        ]),
    ...(verbose
      ? notJudged.flatMap(({ why, names }) =>
          wrap(`${plain(why, 300)}: ${plain(names.join(', '), 20_000)}`, columns - 5).map(
            (line, i) => paint.dim(`${i === 0 ? '   ' : '     '}${line}`),
          ),
        )
      : []),
  ]
}
