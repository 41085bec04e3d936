import { formatInstant } from '@kubesift/core-signal'
import type { ApiIncident } from './wire.ts'

const INSTANTS: ReadonlySet<string> = new Set([
  'at',
  'firstAt',
  'lastAt',
  'firstSeenAt',
  'lastSeenAt',
  'openedAt',
  // of what it costs
  'from',
  'to',
])

/** An incident for `--format json` and `yaml`: as the API has it, times in RFC 3339, without what is empty. */
export const apiIncidentJson = (incident: ApiIncident): unknown => shown(incident)

const shown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== '' && v !== null && v !== undefined)
      .map(([key, v]) => [
        key,
        INSTANTS.has(key) && typeof v === 'number' ? formatInstant(v) : shown(v),
      ]),
  )
}
