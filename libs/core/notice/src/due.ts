import type { NoticeKind, Severity } from '@kubesift/contracts'
import { isWorse, type Standing, type Told } from './standing.ts'

/** How long a change has to last before it is told, in milliseconds. */
export interface SettleTimes {
  readonly P1: number
  readonly other: number
}

/** The design's: 30 s, 10 s for P1. The cause often shows after the first symptom, and a short blink is no page. */
export const SETTLE: SettleTimes = { P1: 10_000, other: 30_000 }

/** What has to be told, and what is told once it has been. */
export interface DueNotice {
  readonly kind: NoticeKind
  readonly told: Told
}

const opened = (kind: 'opened' | 'reopened', now: Standing): DueNotice => ({
  kind,
  told: { ...now, phase: 'open' },
})

/** What was told stays counted when incidents leave the group with their openings: a count that fell would give a notice a key that is used. */
const since = (told: Told, now: Standing, more: number): Standing => ({
  ...now,
  reopenCount: Math.max(now.reopenCount, told.reopenCount + more),
})

/**
 * The one notice between what was told and what is so, or undefined when they agree.
 * It compares states, not transitions, so versions that were skipped, doubled or coalesced on the way change nothing:
 * an incident that opened and ended before anything was told is not told at all, and one that ended and came back in between is no news.
 * `now` must not be older than what was told (the ledger drops older documents): whatever is open after its end was told has come back.
 */
export const noticeOf = (told: Told, now: Standing): DueNotice | undefined => {
  if (told.phase === 'nothing') return now.phase === 'open' ? opened('opened', now) : undefined
  if (told.phase === 'ended')
    return now.phase === 'open' ? opened('reopened', since(told, now, 1)) : undefined
  if (now.phase === 'ended')
    return { kind: 'resolved', told: { ...since(told, now, 0), phase: 'ended' } }
  return isWorse(now.severity, told.severity)
    ? { kind: 'escalated', told: { ...told, severity: now.severity } }
    : undefined
}

const settleOf = (severity: Severity, times: SettleTimes): number =>
  severity === 'P1' ? times.P1 : times.other

/** How long from now until the notice is due; undefined when nothing is. Good news settles too: it may not last. */
export const settleMs = (told: Told, now: Standing, times: SettleTimes): number | undefined => {
  const due = noticeOf(told, now)
  if (due === undefined) return undefined
  return due.kind === 'resolved' ? times.other : settleOf(now.severity, times)
}
