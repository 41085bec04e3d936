import type { Found } from './found.ts'

/** One page that a notifier would send: a group of incidents, told once, by the one that stands for its cause. */
export interface Page {
  /** When the first of the group opened (milliseconds, event time). */
  readonly at: number
  readonly severity: string
  /** The incident that stands for the cause. */
  readonly incident: string
  /** The others of its group. */
  readonly alsoHit: readonly string[]
}

/** How long a group has to last before it is told, by the severity of its primary (milliseconds). */
export type SettleMs = (severity: string) => number

/**
 * The pages that these incidents would cause, in their order: one per group that lasted through its settle time. What was merged into
 * another is told by that one. Findings that carry no times (a baseline's) cause none.
 */
export const pagesOf = (found: readonly Found[], settleMs: SettleMs): Page[] =>
  [...Map.groupBy(found, ({ group }) => group).values()]
    .flatMap((members): Page[] => {
      const living = members.filter(({ status, told }) => status !== 'merged' && told !== undefined)
      const primary = living.find(({ told }) => told!.primary) ?? living[0]
      if (primary === undefined) return []
      const at = Math.min(...living.map(({ told }) => told!.openedAt))
      const end = Math.max(...living.map(({ told }) => told!.endedAt ?? Infinity))
      const severity = primary.severity ?? 'none'
      if (end - at < settleMs(severity)) return []
      const alsoHit = living.filter((i) => i !== primary).map(({ label }) => label)
      return [{ at, severity, incident: primary.label, alsoHit }]
    })
    .sort((a, b) => a.at - b.at || (a.incident < b.incident ? -1 : 1))
