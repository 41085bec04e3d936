import type { Scenario } from '@kubesift/core-evaluation'
import { plain } from '../render/plain.ts'
import { faultsOf, HEAD, leftOut, nLine, rowsOf, type Row } from './report-lines.ts'

const cell = (text: string): string => plain(text, 600).replaceAll('|', '\\|')
const line = (row: Row): string => `| ${row.map(cell).join(' | ')} |`

/** The report as a page of documentation takes it in. */
export const evaluationMarkdown = (scenarios: readonly Scenario[]): string[] => {
  const { rows, total } = rowsOf(scenarios)
  const notJudged = leftOut(scenarios, 'not-judged')
  return [
    line(HEAD),
    `| --- |${' --: |'.repeat(HEAD.length - 1)}`,
    ...rows.map(line),
    ...(total === undefined ? [] : [line(total.map((text) => `**${text}**`))]),
    '',
    `Ours \\| baseline. ${nLine(scenarios)}.`,
    ...faultsOf(scenarios).flatMap(({ name, faults }) => [
      '',
      `**${cell(name)}**`,
      '',
      ...faults.map(({ title, text }) => `- ${title}: ${cell(text)}`),
    ]),
    ...leftOut(scenarios, 'error').flatMap(({ why, names }) => [
      '',
      `Error: ${cell(names.join(', '))}: ${cell(why)}`,
    ]),
    ...(notJudged.length === 0
      ? []
      : [
          '',
          'Not judged:',
          '',
          ...notJudged.map(({ why, names }) => `- ${names.length}: ${cell(why)}`),
        ]),
  ]
}
