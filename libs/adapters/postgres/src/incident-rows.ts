import type { Analysis, Incident } from '@kubesift/contracts'
import { severityRank } from '@kubesift/core-incident'

/** What is read of an incident; it becomes an `Incident` in {@link incidentOf} and goes no further. */
export interface IncidentRow {
  readonly document: Omit<Incident, 'analysis'>
  readonly analysis: Analysis | null
}

export const INCIDENT_COLUMNS = 'i.document, a.document as analysis'
export const INCIDENT_TABLES = 'incident i left join incident_analysis a on a.incident_id = i.id'

/** What was written before there were groups has none of their fields. */
const UNGROUPED = { joins: [] }

export const incidentOf = ({ document, analysis }: IncidentRow): Incident => ({
  ...UNGROUPED,
  ...document,
  analysis,
})

const seconds = (ms: number): number => ms / 1000

const searchText = (i: Incident): string =>
  [i.title, i.resourceKind, i.resourceName, ...i.reasons].join('\n').toLowerCase()

interface Column {
  readonly name: string
  readonly type: string
  /** How the array element becomes the column's value, where a cast is not enough. */
  readonly as?: (element: string) => string
  readonly of: (incident: Incident) => unknown
}

const asTime = (element: string): string => `to_timestamp(${element})`
const asJson = (element: string): string => `${element}::jsonb`
const asTexts = (element: string): string =>
  `array(select jsonb_array_elements_text(${element}::jsonb))`

const column = (
  name: string,
  type: string,
  of: (incident: Incident) => unknown,
  as?: (element: string) => string,
): Column => ({ name, type, of, ...(as === undefined ? {} : { as }) })

/** Every column of the upsert, once: its name, the array that carries it, and where its value is found. */
export const incidentColumns: readonly Column[] = [
  column('id', 'uuid', (i) => i.id),
  column('key', 'text', (i) => i.key),
  column('episode', 'int', (i) => i.episode),
  column('revision', 'int', (i) => i.revision),
  column('cluster', 'text', (i) => i.cluster),
  column('namespace', 'text', (i) => i.namespace),
  column('resource_kind', 'text', (i) => i.resourceKind),
  column('resource_name', 'text', (i) => i.resourceName),
  column('problem', 'text', (i) => i.problem),
  column('title', 'text', (i) => i.title),
  column('severity', 'text', (i) => i.severity),
  column('severity_rank', 'smallint', (i) => severityRank(i.severity)),
  column('status', 'text', (i) => i.status),
  column('reasons', 'text', (i) => JSON.stringify(i.reasons), asTexts),
  column('occurrence_count', 'bigint', (i) => i.occurrenceCount),
  column('count_quality', 'text', (i) => i.countQuality),
  column('reopen_count', 'int', (i) => i.reopenCount),
  column('first_seen_at', 'float8', (i) => seconds(i.firstSeenAt), asTime),
  column('last_seen_at', 'float8', (i) => seconds(i.lastSeenAt), asTime),
  column('opened_at', 'float8', (i) => seconds(i.openedAt), asTime),
  column(
    'resolved_at',
    'float8',
    (i) => (i.resolution === null ? null : seconds(i.resolution.at)),
    asTime,
  ),
  column('resolved_by', 'text', (i) => i.resolution?.by ?? null),
  column('group_id', 'uuid', (i) => i.group),
  column('previous_id', 'uuid', (i) => i.previous ?? null),
  column('merged_into_id', 'uuid', (i) => i.mergedInto ?? null),
  column('context_epoch', 'int', (i) => i.context.version.epoch),
  column('context_offset', 'bigint', (i) => i.context.version.offset),
  column('search', 'text', searchText),
  column(
    'document',
    'text',
    ({ analysis: _analysis, ...document }) => JSON.stringify(document),
    asJson,
  ),
]
