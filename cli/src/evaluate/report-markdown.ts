import type { Scenario } from '@kubesift/core-evaluation'
import { plain } from '../render/plain.ts'
import { faultsOf, HEAD, leftOut, nLine, pagesOf, rowsOf, type Row } from './report-lines.ts'

const cell = (text: string): string => plain(text, 600).replaceAll('|', '\\|')
const line = (row: Row): string => `| ${row.map(cell).join(' | ')} |`

/** The report as a page of documentation takes it in: the table, and below it what to act on, as it is. */
export const evaluationMarkdown = (scenarios: readonly Scenario[]): string[] => {
  const { rows, total } = rowsOf(scenarios)
  return [
    line(HEAD),
    `| --- |${' --: |'.repeat(HEAD.length - 1)}`,
    ...rows.map(line),
    ...(total === undefined ? [] : [line(total)]),
    '',
    `Where there are two figures, the second is the baseline's. ${nLine(scenarios)}.`,
    ...fenced([
      ...faultsOf(scenarios).flatMap(({ name, faults }) => [
        plain(name, 200),
        ...faults.map(({ title, text }) => `  ${title}: ${plain(text, 600)}`),
      ]),
      ...leftOut(scenarios, 'error').map(
        ({ why, names }) => `error: ${names.join(', ')}: ${plain(why, 600)}`,
      ),
      ...leftOut(scenarios, 'not-judged').map(
        ({ why, names }) => `not judged, ${names.length}: ${plain(why, 600)}`,
      ),
    ]),
    ...paged(scenarios),
  ]
}

const paged = (scenarios: readonly Scenario[]): string[] => {
  const lines = pagesOf(scenarios).flatMap(({ name, pages }) => [
    plain(name, 200),
    ...pages.map((page) => `  ${plain(page, 600)}`),
  ])
  return lines.length === 0 ? [] : ['', 'The pages that these would cause:', ...fenced(lines)]
}

const fenced = (lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', '```text', ...lines, '```']
