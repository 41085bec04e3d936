import type { Findings, Found, WarningEvent } from './found.ts'

/**
 * What grouping without any knowledge gives: an incident per namespace, kind, name and reason of the object that each Warning Event names.
 * It knows no problem, no recovery and no change, and every incident is a group of its own. `ownerOf` is lent to it so that its incidents
 * can be compared with the truth at all.
 */
export const baselineOf = (
  warnings: readonly WarningEvent[],
  ownerOf: (object: string) => string,
): Findings => {
  const incidents = new Map<string, Found>()
  for (const { object, reason } of warnings) {
    const label = `${object} ${reason}`
    incidents.set(label, {
      owner: ownerOf(object),
      problem: null,
      status: 'open',
      objects: [object],
      label,
      group: label,
      severity: null,
      changes: [],
    })
  }
  const all = [...incidents.values()]
  return {
    incidents: all,
    settled: all,
    filed: warnings.map(({ object, reason }) => ({ owner: object, reason })),
  }
}
