import { formatInstant, parseInstant } from '@kubesift/core-signal'
import { wrap } from '../render/cells.ts'
import { costText, type ShownCost } from '../render/cost-text.ts'
import { ownerInGroup, whyInGroup } from '../render/groups.ts'
import { incidentTable, showsCount, type IncidentRow } from '../render/incident-table.ts'
import type { Paint } from '../render/paint.ts'
import { plain, plainCommand } from '../render/plain.ts'
import {
  adviceText,
  counted,
  countLegend,
  countText,
  ownerText,
  shortAge,
} from '../render/words.ts'
import type { TriageIncident, TriageOutput } from './output.ts'

export interface ReportOptions {
  /** Text is wrapped to these. */
  readonly columns: number
  /** The table has these; default: the same. */
  readonly tableColumns?: number
  readonly paint: Paint
  /** The moment that ages are told from. */
  readonly now: number | undefined
  /** Also list what was ignored. */
  readonly all: boolean
}

const TOP = 3
const INDENT = '   '

/** What triage prints for people: the incidents as a table, what to do about the first of them, and what was left out. */
export const triageReport = (output: TriageOutput, options: ReportOptions): string[] => [
  ...headline(output, options),
  ...tableOf(output, options),
  ...detailsOf(output, options),
  ...ignoredLines(output, options),
  '',
  options.paint.dim(statsLine(output)),
]

/** The first of those that stand for a cause of their own, and how to see the rest. */
const detailsOf = ({ incidents }: TriageOutput, options: ReportOptions): string[] => {
  const wanted = incidents.filter((i) => isOpen(i) && i.id === i.primary)
  const rest = wanted.length - TOP
  return [
    ...wanted.slice(0, TOP).flatMap((incident) => adviceOf(incident, options)),
    ...(rest > 0
      ? [
          '',
          options.paint.dim(
            `… and the same of ${counted(rest, 'more open incident')}: --format yaml has it`,
          ),
        ]
      : []),
  ]
}

const isOpen = ({ status }: TriageIncident): boolean => status === 'open'

const headline = ({ incidents, stats }: TriageOutput, { now, paint }: ReportOptions): string[] => {
  const { records, rejected } = stats
  const refused = `${counted(rejected, 'item was', 'items were')} rejected (see above)`
  if (records === 0)
    return [
      'The input is an empty list: `kubectl get events -A -o json` reads those of all namespaces.',
    ]
  const read = stats.events + stats.objects + stats.duplicates + (stats.others ?? 0)
  if (read === 0 && rejected < records) {
    const parts = [
      `${counted(stats.skipped, 'record was', 'records were')} skipped (neither an Event nor an object, or one that is over)`,
      ...(rejected === 0 ? [] : [refused]),
    ]
    return [
      paint.bold(
        `Nothing could be read: ${parts.join(', ')}. This says nothing about the cluster.`,
      ),
    ]
  }
  if (rejected === records) {
    const all = rejected === 1 ? 'the only item was rejected (see above)' : `all ${refused}`
    return [paint.bold(`Nothing could be read: ${all}. This says nothing about the cluster.`)]
  }
  const at = now === undefined ? '' : ` at ${formatInstant(Math.floor(now / 1000) * 1000)}`
  if (incidents.length === 0)
    return [`No incidents${at}${rejected === 0 ? '' : ` in what could be read; ${refused}`}.`]
  const open = incidents.filter(isOpen).length
  const resolved = incidents.length - open
  const parts = [
    ...(open > 0 ? [counted(open, 'open incident')] : ['nothing open']),
    ...(resolved > 0 ? [`${counted(resolved, 'incident')} already resolved`] : []),
  ]
  return [paint.bold(`${parts.join(', ')}${at}`), '']
}

const tableOf = ({ incidents }: TriageOutput, options: ReportOptions): string[] => {
  if (incidents.length === 0) return []
  const table = incidentTable(
    incidents.map((incident) => rowOf(incident, incidents, options.now)),
    { columns: options.tableColumns ?? options.columns, paint: options.paint },
  )
  const legend = countLegend(incidents.map((incident) => incident.countQuality))
  return [
    ...table,
    ...(legend === undefined || !showsCount(table) ? [] : [options.paint.dim(legend)]),
  ]
}

const rowOf = (
  incident: TriageIncident,
  all: readonly TriageIncident[],
  now: number | undefined,
): IncidentRow => ({
  severity: incident.severity,
  status: incident.status,
  since: ageOf(incident.firstSeenAt, now),
  count: countText(incident.occurrenceCount, incident.countQuality),
  owner: ownerInGroup(
    incident,
    ownerText(incident.namespace, incident.resourceKind, incident.resourceName),
    all,
  ),
  problem: incident.problem,
  why: whyInGroup(incident, incident.hypothesis ?? incident.title, all),
})

const ageOf = (text: string, now: number | undefined): string => {
  const at = parseInstant(text)
  return at === undefined || now === undefined ? '' : shortAge(now - at)
}

const adviceOf = (incident: TriageIncident, { columns, paint, now }: ReportOptions): string[] => {
  const owner = ownerText(incident.namespace, incident.resourceKind, incident.resourceName)
  const told = (text: string, lead: string): string[] =>
    wrap(plain(text), Math.max(30, columns - INDENT.length - lead.length)).map(
      (line, i) => `${INDENT}${i === 0 ? lead : ' '.repeat(lead.length)}${line}`,
    )
  const { hypothesis, confidence, rollout, cost, recommendations = [] } = incident
  const sure = confidence === undefined ? '' : ` (${Math.round(confidence * 100)} % sure)`
  return [
    '',
    `${paint.severity(incident.severity, incident.severity)} ${paint.bold(plain(owner, 200))}: ${titleOf(incident)}`,
    ...(hypothesis === undefined ? [] : told(`${hypothesis}${sure}`, '')),
    ...(rollout === undefined
      ? []
      : told(`${rollout.summary} (${ageOf(rollout.at, now)} ago)`, 'changed: ')),
    ...(cost === undefined ? [] : told(costText(shownCost(cost)), 'costs: ')),
    ...recommendations.flatMap(({ text, command }) => [
      ...told(adviceText(text, command), '→ '),
      ...commandLine(command),
    ]),
  ]
}

const shownCost = (cost: NonNullable<TriageIncident['cost']>): ShownCost => ({
  ...cost,
  from: parseInstant(cost.from) ?? null,
  to: parseInstant(cost.to) ?? null,
})

/** Titles begin with the owner, which stands before it already. */
const titleOf = ({ title, resourceKind, resourceName }: TriageIncident): string => {
  const owner = `${resourceKind}/${resourceName}: `
  return plain(title.startsWith(owner) ? title.slice(owner.length) : title, 200)
}

const commandLine = (command: string | undefined): string[] => {
  const line = command === undefined ? undefined : plainCommand(command)
  return line === undefined ? [] : [`${INDENT}  $ ${line}`]
}

const ignoredLines = (
  { ignored }: TriageOutput,
  { all, columns, paint }: ReportOptions,
): string[] => {
  if (ignored.length === 0) return []
  const total = ignored.reduce((sum, { count }) => sum + count, 0)
  if (!all)
    return [
      '',
      paint.dim(
        `ignored: ${counted(total, 'occurrence')} of ${counted(ignored.length, 'kind')} (--all lists them)`,
      ),
    ]
  return [
    '',
    `Ignored, ${counted(total, 'occurrence')}:`,
    ...ignored.flatMap(({ reason, count, why, owner, rule }) =>
      wrap(
        plain(
          `${count} × ${reason}${owner === undefined ? '' : ` of ${owner}`}: ${rule === undefined ? '' : `by your rule ${rule}: `}${why}`,
          600,
        ),
        columns - INDENT.length,
      ).map((line, i) => `${INDENT}${i === 0 ? '' : '  '}${line}`),
    ),
  ]
}

const statsLine = ({ stats }: TriageOutput): string =>
  [
    `read ${counted(stats.records, 'record')}: ${counted(stats.events, 'event')}`,
    counted(stats.objects, 'object'),
    ...(stats.others === undefined ? [] : [`${stats.others.toLocaleString('en-US')} others`]),
    counted(stats.duplicates, 'duplicate'),
    ...(stats.skipped > 0 ? [`${stats.skipped.toLocaleString('en-US')} skipped`] : []),
    `${stats.rejected.toLocaleString('en-US')} rejected`,
  ].join(', ')
