import { inGroupOrder, ownerInGroup, whyInGroup, type Grouped } from '../render/groups.ts'
import type { IncidentRow } from '../render/incident-table.ts'
import { countText, ownerText, shortAge } from '../render/words.ts'
import type { ApiIncident } from './wire.ts'

const LIVE: ReadonlySet<string> = new Set(['open', 'acknowledged', 'investigating'])
export const isLive = ({ status }: Pick<ApiIncident, 'status'>): boolean => LIVE.has(status)

/** What is open comes first, then by severity, then the oldest; the rest only keeps the order the same. */
export const byUrgency = (a: ApiIncident, b: ApiIncident): number =>
  Number(isLive(b)) - Number(isLive(a)) ||
  compare(a.severity, b.severity) ||
  (a.firstSeenAt ?? 0) - (b.firstSeenAt ?? 0) ||
  compare(a.id, b.id)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const grouped = (incident: ApiIncident): Grouped => ({
  ...incident,
  primary: incident.primaryId,
  joins: incident.joins.map(({ incidentId, ...join }) => ({ to: incidentId, ...join })),
})

/** In the order of a table: by urgency, those of one group together. */
export const inOrder = (incidents: readonly ApiIncident[]): ApiIncident[] =>
  inGroupOrder(
    incidents.toSorted(byUrgency).map((incident) => ({ ...grouped(incident), incident })),
  ).map(({ incident }) => incident)

/** Incidents of the API as lines of a table; `all` are those that are known, of which these may be some. */
export const apiRows = (
  incidents: readonly ApiIncident[],
  now: number,
  all: readonly ApiIncident[] = incidents,
): IncidentRow[] => {
  const others = all.map(grouped)
  return incidents.map((incident) => ({
    id: incident.id.slice(0, 8),
    cluster: incident.cluster,
    severity: incident.severity,
    status: incident.status,
    since: incident.firstSeenAt === null ? '' : shortAge(now - incident.firstSeenAt),
    count: countText(incident.occurrenceCount, incident.countQuality),
    owner: ownerInGroup(
      grouped(incident),
      ownerText(incident.namespace, incident.resourceKind, incident.resourceName),
      others,
    ),
    problem: incident.problem,
    why: whyInGroup(grouped(incident), incident.analysis?.hypothesis ?? incident.title, others),
  }))
}
