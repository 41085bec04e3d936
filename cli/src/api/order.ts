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

/** An incident of the API as a line of a table. */
export const apiRow = (incident: ApiIncident, now: number): IncidentRow => ({
  id: incident.id.slice(0, 8),
  cluster: incident.cluster,
  severity: incident.severity,
  status: incident.status,
  since: incident.firstSeenAt === null ? '' : shortAge(now - incident.firstSeenAt),
  count: countText(incident.occurrenceCount, incident.countQuality),
  owner: ownerText(incident.namespace, incident.resourceKind, incident.resourceName),
  problem: incident.problem,
  why: incident.analysis?.hypothesis ?? incident.title,
})
