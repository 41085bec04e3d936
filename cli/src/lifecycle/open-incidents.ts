import { ApiFailure } from '../api/api-failure.ts'
import { createApi } from '../api/client.ts'
import { isLive } from '../api/order.ts'

const WITHIN_MS = 5_000

export type OpenIncidents =
  { readonly bySeverity: Readonly<Record<string, number>> } | { readonly unknown: string }

/** How many incidents are open, by severity; or why that is not known. */
export const openIncidents = async (grpcUrl: string): Promise<OpenIncidents> => {
  const api = createApi(grpcUrl)
  try {
    const { incidents } = await api.list({}, AbortSignal.timeout(WITHIN_MS))
    const bySeverity: Record<string, number> = {}
    for (const { severity } of incidents.filter(isLive))
      bySeverity[severity] = (bySeverity[severity] ?? 0) + 1
    return { bySeverity }
  } catch (why) {
    if (why instanceof ApiFailure) return { unknown: why.message }
    throw why
  } finally {
    api.close()
  }
}

/** `26 open incidents: 1 P1, 17 P2, 8 P3`, for people. */
export const openText = (open: OpenIncidents): string => {
  if ('unknown' in open) return `open incidents: not known (${open.unknown})`
  const counts = Object.entries(open.bySeverity).sort(([a], [b]) => (a < b ? -1 : 1))
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return 'no open incidents'
  const parts = counts.map(([severity, count]) => `${count} ${severity}`).join(', ')
  return `${total} open ${total === 1 ? 'incident' : 'incidents'}: ${parts} (\`./kubesift incidents list\`)`
}
