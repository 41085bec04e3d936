import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { stringify } from 'yaml'
import { loadCatalogue, loadIgnores, loadKnowns } from '@kubesift/adapter-rules'
import { formatInstant, parseInstant } from '@kubesift/core-signal'
import { usageFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { columnsFor, paintFor, tableColumnsFor } from '../render/paint.ts'
import { plain } from '../render/plain.ts'
import { placeText } from '../triage/input/place.ts'
import { triageInputs } from '../triage/inputs.ts'
import type { TriageOutput } from '../triage/output.ts'
import { RejectionLog } from '../triage/rejections.ts'
import { triageReport } from '../triage/report.ts'
import { triage } from '../triage/triage.ts'

interface Options {
  readonly now?: number
  readonly cluster: string
  readonly format: 'table' | 'json' | 'yaml'
  readonly all?: boolean
  readonly ignoreRules?: string
}

const instantArgument = (text: string): number => {
  const at = parseInstant(text)
  if (at === undefined) throw new InvalidArgumentError('a time is written as 2026-11-21T01:08:50Z')
  return at
}

/** `kubesift triage`: the whole core in this process, without any service. */
export const verb: Verb = {
  examples: [
    'kubectl get events -A -o json | ./kubesift triage',
    './kubesift triage events.json pods.yaml --format json',
    'kubectl get events,pods,replicasets,deployments,jobs,nodes -A -o json | ./kubesift triage -',
    './kubesift triage recorded.otlp.jsonl.gz',
  ],
  notes: [
    'Input: JSON or YAML of Kubernetes (lists, arrays, single objects, several documents, watch events; core/v1 and',
    'events.k8s.io/v1), or OTLP/JSON lines of a Collector; gzip is unpacked. Several files are one input; with objects',
    'in it pods are lifted to their owners with certainty, without them by their names.',
    'Malformed items are reported and left out. Exit code 2: the input is no such list at all.',
  ].join('\n'),
  define: (command, context, run) => {
    command
      .argument('[files...]', 'files to read; - is standard input (default)')
      .addOption(
        new Option(
          '--now <time>',
          'decide as of this time (default: the newest in the input)',
        ).argParser(instantArgument),
      )
      .option('--cluster <name>', 'cluster of what names none itself', 'local')
      .addOption(
        new Option('--format <format>', 'output')
          .choices(['table', 'json', 'yaml'])
          .default('table'),
      )
      .option('--all', 'also list what was ignored')
      .option(
        '--ignore-rules <path>',
        'file or folder of your own ignore rules (default: rules/ignore)',
      )
      .action(run((files: string[], options: Options) => runTriage(files, options, context)))
  },
}

const runTriage = async (
  files: readonly string[],
  options: Options,
  context: CliContext,
): Promise<ExitCode> => {
  const rules = join(context.root, 'rules')
  const rejections = new RejectionLog(context.warn)
  const triaged = await triage(await triageInputs(files, context), {
    catalogue: loadCatalogue(join(rules, 'problems')),
    knowns: loadKnowns(join(rules, 'knowns')),
    ignores: loadIgnores(options.ignoreRules ?? join(rules, 'ignore')),
    cluster: options.cluster,
    clock: context.now,
    onRejected: rejections.add,
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  if (context.signal.aborted) return ExitCode.interrupted
  if (!triaged.ok) {
    const { place, why } = triaged.rejection
    throw usageFailure(
      `${plain(placeText(place), 300)}: ${plain(why, 300)}; wanted is a list of Kubernetes Events or objects (\`kubectl get events -A -o json\`), or OTLP/JSON lines`,
    )
  }
  rejections.end(triaged.output.stats.rejected)
  const { now, newest } = triaged
  if (now !== undefined && newest !== undefined && now < newest)
    context.warn(
      `--now is before the newest time in the input, ${formatInstant(Math.floor(newest / 1000) * 1000)}: what began later is left out, counts hold all that was read`,
    )
  print(triaged.output, triaged.now, options, context)
  return ExitCode.ok
}

const print = (
  output: TriageOutput,
  now: number | undefined,
  options: Options,
  context: CliContext,
): void => {
  if (options.format === 'json') return context.print(JSON.stringify(output, null, 2))
  if (options.format === 'yaml')
    return context.print(stringify(output, { aliasDuplicateObjects: false }).trimEnd())
  const report = triageReport(output, {
    columns: columnsFor(context),
    tableColumns: tableColumnsFor(context),
    paint: paintFor(context),
    now,
    all: options.all === true,
  })
  for (const line of report) context.print(line)
}
