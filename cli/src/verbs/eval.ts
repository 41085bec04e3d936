import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { loadCatalogue, loadKnowns } from '@kubesift/adapter-rules'
import { isEvaluated, totalsOf, type Scenario } from '@kubesift/core-evaluation'
import { findScenarios } from '../evaluate/find-scenarios.ts'
import { evaluationJson } from '../evaluate/report-json.ts'
import { evaluationMarkdown } from '../evaluate/report-markdown.ts'
import { evaluationReport } from '../evaluate/report-text.ts'
import { runScenario } from '../evaluate/run-scenario.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { columnsFor, paintFor, tableColumnsFor } from '../render/paint.ts'

interface Options {
  readonly format: 'table' | 'json' | 'markdown'
  readonly verbose?: boolean
  readonly pages?: boolean
  readonly minF1?: number
}

const shareArgument = (text: string): number => {
  const share = Number(text)
  if (text.trim() === '' || !(share >= 0 && share <= 1))
    throw new InvalidArgumentError('a share is written as 0.95')
  return share
}

/** `kubesift eval`: labelled scenarios through the core in this process, scored. */
export const verb: Verb = {
  examples: [
    './kubesift eval e2e/recordings',
    './kubesift eval e2e/recordings/storm --format json',
    './kubesift eval e2e/recordings/cascade-dependency --pages',
    './kubesift eval e2e/recordings --min-f1 0.95',
  ],
  notes: [
    'A scenario is a folder with a truth.yaml beside events.otlp.jsonl and objects.otlp.jsonl (gzipped or not), or with a',
    'label.json beside Events; folders of such folders are walked. The label is read by the evaluation only. Beside each',
    'figure stands that of a naive baseline: an incident per namespace, kind, name and reason of the object of each Warning',
    'Event. docs/evaluation.md says what each figure means. Exit code 1: nothing could be evaluated, or below --min-f1.',
  ].join('\n'),
  define: (command, context, run) => {
    command
      .argument('<dirs...>', 'scenarios, or folders of scenarios')
      .addOption(
        new Option('--format <format>', 'output')
          .choices(['table', 'json', 'markdown'])
          .default('table'),
      )
      .option('--pages', 'also list the pages that the notifier would send')
      .option('--verbose', 'also name the scenarios that could not be judged')
      .addOption(
        new Option('--min-f1 <share>', 'fail below this pairwise F1 of the total').argParser(
          shareArgument,
        ),
      )
      .action(run((dirs: string[], options: Options) => runEval(dirs, options, context)))
  },
}

const runEval = async (
  dirs: readonly string[],
  options: Options,
  context: CliContext,
): Promise<ExitCode> => {
  const rules = join(context.root, 'rules')
  const core = {
    catalogue: loadCatalogue(join(rules, 'problems')),
    knowns: loadKnowns(join(rules, 'knowns')),
    clock: context.now,
  }
  const scenarios: Scenario[] = []
  for (const found of dirs.flatMap(findScenarios)) {
    if (context.signal.aborted) return ExitCode.interrupted
    scenarios.push(await runScenario(found, core))
  }
  for (const line of linesOf(scenarios, options, context)) context.print(line)
  return exitCodeOf(scenarios, options, context)
}

const linesOf = (
  scenarios: readonly Scenario[],
  { format, verbose, pages }: Options,
  context: CliContext,
): string[] => {
  if (format === 'json') return [JSON.stringify(evaluationJson(scenarios), null, 2)]
  if (format === 'markdown') return evaluationMarkdown(scenarios)
  return evaluationReport(scenarios, {
    columns: columnsFor(context),
    tableColumns: tableColumnsFor(context),
    paint: paintFor(context),
    verbose: verbose === true,
    pages: pages === true,
  })
}

const exitCodeOf = (
  scenarios: readonly Scenario[],
  { minF1 }: Options,
  context: CliContext,
): ExitCode => {
  if (!scenarios.some(isEvaluated)) {
    context.warn('nothing could be evaluated')
    return ExitCode.failed
  }
  const f1 = totalsOf(scenarios).ours.pairwiseF1
  if (minF1 === undefined || (f1 !== null && f1 >= minF1)) return ExitCode.ok
  context.warn(
    f1 === null
      ? 'no scenario has two incidents to group, so there is no pairwise F1 to be at least --min-f1'
      : `pairwise F1 is ${f1.toFixed(3)}, below ${minF1}`,
  )
  return ExitCode.failed
}
