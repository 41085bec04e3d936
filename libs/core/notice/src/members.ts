import { severities, type Severity } from '@kubesift/contracts'
import type { Standing } from './standing.ts'
import type { Subject } from './subject.ts'

/** One incident of a group, as far as anybody has to be told. */
export interface Member {
  readonly isPrimary: boolean
  readonly standing: Standing
  readonly subject: Subject
}

const MAX_OTHERS = 8

const worst = (members: readonly Member[]): Severity =>
  severities[Math.min(...members.map(({ standing }) => severities.indexOf(standing.severity)))] ??
  'P4'

/** Where a group stands: open while one of it is, as bad as the worst of those, and come back as often as another of it began. */
export const standingOfGroup = (members: readonly Member[]): Standing => {
  const open = members.filter(({ standing }) => standing.phase === 'open')
  const openings = members.reduce((sum, { standing }) => sum + 1 + standing.reopenCount, 0)
  return {
    phase: open.length > 0 ? 'open' : 'ended',
    severity: worst(open.length > 0 ? open : members),
    reopenCount: Math.max(0, openings - 1),
  }
}

const older = (a: Subject, b: Subject): number =>
  a.firstSeenAt - b.firstSeenAt || (a.incidentId < b.incidentId ? -1 : 1)

const nameOf = ({ namespace, owner, problem }: Subject): string =>
  `${namespace === '' ? '' : `${namespace}/`}${owner} (${problem})`

/** What a notice of the group says: its primary's story, over the time of them all, and who else is hit. */
export const subjectOfGroup = (members: readonly Member[]): Subject | undefined => {
  const sorted = members.toSorted((a, b) => older(a.subject, b.subject))
  const lead = (sorted.find(({ isPrimary }) => isPrimary) ?? sorted[0])?.subject
  if (lead === undefined) return undefined
  const subjects = sorted.map(({ subject }) => subject)
  const others = subjects.filter(({ incidentId }) => incidentId !== lead.incidentId)
  const ended = standingOfGroup(members).phase === 'ended'
  const ends = subjects.map(({ resolvedAt }) => resolvedAt ?? -Infinity)
  return {
    ...lead,
    firstSeenAt: Math.min(...subjects.map((s) => s.firstSeenAt)),
    lastSeenAt: Math.max(...subjects.map((s) => s.lastSeenAt)),
    ...(ended && others.length > 0 ? { resolvedAt: Math.max(...ends) } : {}),
    others: others.slice(0, MAX_OTHERS).map(nameOf),
    othersTotal: others.length,
  }
}

/** The last word of a group that has gone up in another: its incidents are told with that one. */
export const movedSubject = (last: Subject, to: string | undefined): Subject => ({
  ...last,
  resolvedWhy:
    to === undefined
      ? 'its incidents are told elsewhere'
      : `it turned out to be part of a larger incident, and is told with ${to}`,
})
