import { Argument, InvalidArgumentError, Option, type Command } from 'commander'
import { stringify } from 'yaml'
import { incidentStatuses, severities } from '@kubesift/contracts'
import { apiAddress } from '../api/address.ts'
import { apiIncidentJson } from '../api/api-json.ts'
import { createApi, type IncidentApi } from '../api/client.ts'
import { follow, type Followed } from '../api/follow.ts'
import { apiRows, inOrder } from '../api/order.ts'
import { problemNamed } from '../api/problem-word.ts'
import { showIncident } from '../api/show.ts'
import type { ApiIncident } from '../api/wire.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { nearest } from '../frame/suggest.ts'
import type { CliContext, Run, Verb } from '../frame/verb.ts'
import { liveTable } from '../live/live-table.ts'
import { incidentTable, showsCount } from '../render/incident-table.ts'
import { columnsFor, paintFor, tableColumnsFor } from '../render/paint.ts'
import { countLegend } from '../render/words.ts'

type Format = 'table' | 'json' | 'yaml'
interface ListOptions {
  readonly status?: string[]
  readonly severity?: string[]
  readonly namespace?: string
  readonly cluster?: string
  readonly problem?: string
  readonly format: Format
}

/** `kubesift incidents`: the incident API for people and scripts. */
export const verb: Verb = {
  examples: [
    './kubesift incidents list --status open --severity P1,P2',
    './kubesift incidents show 3d86c5f9',
    './kubesift incidents watch',
  ],
  notes: 'KUBESIFT_API=host:port asks another Kubesift than the one that runs here.',
  define: (command, context, run) => {
    defineList(command, context, run)
    defineShow(command, context, run)
    defineWatch(command, context, run)
  },
}

const formatOption = (): Option =>
  new Option('--format <format>', 'output').choices(['table', 'json', 'yaml']).default('table')

const oneOf =
  (known: readonly string[], fold: (text: string) => string) =>
  (text: string, before: string[] = []): string[] => {
    const words = text.split(',').map((word) => fold(word.trim()))
    const wrong = words.find((word) => !known.includes(word))
    if (wrong === undefined) return [...before, ...words]
    const close = nearest(wrong, known)
    throw new InvalidArgumentError(
      close === undefined ? `known are ${known.join(', ')}` : `did you mean '${close}'?`,
    )
  }

const narrowing = (command: Command): Command =>
  command
    .addOption(
      new Option('--status <status...>', 'only these (open, resolved …)').argParser(
        oneOf(incidentStatuses, (text) => text.toLowerCase()),
      ),
    )
    .addOption(
      new Option('--severity <severity...>', 'only these (P1 … P4)').argParser(
        oneOf(severities, (text) => text.toUpperCase()),
      ),
    )
    .option('-n, --namespace <name>', 'only this namespace')
    .option('--cluster <name>', 'only this cluster')
    .option('--problem <problem>', 'only this problem (CrashLoop …)')

const defineList = (command: Command, context: CliContext, run: Run): void => {
  narrowing(command.command('list').description('Incidents, the most urgent first.'))
    .addOption(formatOption())
    .action(
      run((options: ListOptions) =>
        withApi(context, async (api) => list(api, await folded(options, api, context), context)),
      ),
    )
}

/** `--problem crashloop` means CrashLoop. */
const folded = async (
  options: ListOptions,
  api: IncidentApi,
  context: CliContext,
): Promise<ListOptions> =>
  options.problem === undefined
    ? options
    : { ...options, problem: await problemNamed(options.problem, api, context) }

const idArgument = (text: string): string => {
  if (/^[0-9a-f][0-9a-f-]{7,35}$/i.test(text)) return text
  throw new InvalidArgumentError(
    'the first column of `./kubesift incidents list` has the beginnings of those there are',
  )
}

const defineShow = (command: Command, context: CliContext, run: Run): void => {
  command
    .command('show')
    .description(
      'One incident: what is broken, since when, what changed, what to do, on what grounds.',
    )
    .addArgument(
      new Argument('<id>', 'its id, or the first eight characters or more').argParser(idArgument),
    )
    .addOption(formatOption())
    .action(
      run((id: string, options: { readonly format: Format }) =>
        withApi(context, (api) => show(api, id, options.format, context)),
      ),
    )
}

const defineWatch = (command: Command, context: CliContext, run: Run): void => {
  narrowing(
    command
      .command('watch')
      .description('A live table, until Ctrl-C; one line per change where there is no terminal.'),
  )
    .addOption(
      new Option('--format <format>', 'json: every state, one a line')
        .choices(['table', 'json'])
        .default('table'),
    )
    .action(
      run((options: ListOptions) =>
        withApi(context, async (api) => watch(api, await folded(options, api, context), context)),
      ),
    )
}

const watch = async (
  api: IncidentApi,
  options: ListOptions,
  context: CliContext,
): Promise<ExitCode> => {
  const changes = follow(api, context.signal)
  const keep = (incident: ApiIncident): boolean => matches(incident, options)
  if (options.format === 'json') await printStates(changes, keep, context)
  else await liveTable({ changes, context, keep, footer: WATCH_FOOTER })
  return ExitCode.ok
}

const WATCH_FOOTER = ['`./kubesift incidents show ID` explains one · Ctrl-C ends'] as const

const printStates = async (
  changes: AsyncIterable<Followed>,
  keep: (incident: ApiIncident) => boolean,
  context: CliContext,
): Promise<void> => {
  for await (const heard of changes) {
    if (heard.t === 'away') context.warn(heard.why)
    const incidents =
      heard.t === 'all' ? heard.incidents : heard.t === 'changed' ? [heard.incident] : []
    for (const incident of incidents.filter(keep))
      context.print(JSON.stringify(apiIncidentJson(incident)))
  }
}

const matches = (incident: ApiIncident, options: ListOptions): boolean =>
  (options.status?.includes(incident.status) ?? true) &&
  (options.severity?.includes(incident.severity) ?? true) &&
  (options.namespace ?? incident.namespace) === incident.namespace &&
  (options.cluster ?? incident.cluster) === incident.cluster &&
  (options.problem ?? incident.problem) === incident.problem

const withApi = async (
  context: CliContext,
  work: (api: IncidentApi) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const api = createApi(apiAddress(context))
  try {
    return await work(api)
  } finally {
    api.close()
  }
}

const list = async (
  api: IncidentApi,
  options: ListOptions,
  context: CliContext,
): Promise<ExitCode> => {
  const { status, severity, format, ...rest } = options
  const filter = { statuses: status ?? [], severities: severity ?? [], ...rest }
  const { incidents } = await api.list(filter, context.signal)
  const sorted = inOrder(incidents)
  if (format !== 'table') printData({ incidents: sorted.map(apiIncidentJson) }, format, context)
  else printTable(sorted, context)
  return ExitCode.ok
}

const printTable = (incidents: readonly ApiIncident[], context: CliContext): void => {
  if (incidents.length === 0) return context.print('No incidents.')
  const now = context.now()
  const options = { columns: tableColumnsFor(context), paint: paintFor(context) }
  const rows = apiRows(incidents, now)
  const table = incidentTable(rows, options)
  for (const line of table) context.print(line)
  const legend = countLegend(incidents.map((incident) => incident.countQuality))
  if (legend !== undefined && showsCount(table)) context.print(options.paint.dim(legend))
}

const show = async (
  api: IncidentApi,
  id: string,
  format: Format,
  context: CliContext,
): Promise<ExitCode> => {
  const incident = await api.get(id)
  if (format !== 'table') printData(apiIncidentJson(incident), format, context)
  else {
    const options = { columns: columnsFor(context), paint: paintFor(context), now: context.now() }
    for (const line of showIncident(incident, options)) context.print(line)
  }
  return ExitCode.ok
}

const printData = (value: unknown, format: 'json' | 'yaml', context: CliContext): void =>
  context.print(
    format === 'json'
      ? JSON.stringify(value, null, 2)
      : stringify(value, { aliasDuplicateObjects: false }).trimEnd(),
  )
