import type {
  Context,
  Incident,
  IncidentEvent,
  IncidentStatus,
  Recovery,
  Severity,
  Spell,
  TransitionType,
} from '@kubesift/contracts'
import type { Episode, OpenedSpell } from './episodes.ts'
import { formatSpan } from './spans.ts'
import { scoreSeverity } from './severity.ts'

/** What happened to an incident, before it has a revision and a cause. `id` is the same whenever and wherever it is derived. */
export interface Transition {
  readonly id: string
  readonly type: TransitionType
  /** Event time. */
  readonly at: number
  readonly status: IncidentStatus
  readonly note: string
}

/** An incident that has no revision yet. */
export type Draft = Omit<Incident, 'revision'>

const id = (incidentId: string, type: Transition['type'], ordinal: number | string): string =>
  `${incidentId}/${type}/${ordinal}`

/** The explicit words of an automatic resolution: which of the three it was, and what proves it. */
export const resolutionNote = (recovery: Recovery, lastSeenAt: number): string => {
  if (recovery.by === 'ttl') {
    const quiet = formatSpan(recovery.at - lastSeenAt)
    return `resolved automatically: no occurrence for ${quiet} while the event stream was alive (TTL)`
  }
  return recovery.by === 'owner_deleted'
    ? 'resolved automatically: the owner was deleted'
    : `resolved automatically: ${recovery.why}`
}

const beginning = (draft: Draft, spells: readonly OpenedSpell[], i: number): Transition => {
  const at = spells[i]?.openedAt ?? draft.openedAt
  const before = spells[i - 1]
  if (before === undefined) {
    const where = draft.namespace === '' ? '' : `${draft.namespace}/`
    const note = `opened: ${draft.problem} of ${draft.resourceKind} ${where}${draft.resourceName}`
    return { id: id(draft.id, 'opened', 1), type: 'opened', at, status: 'open', note }
  }
  const quiet = formatSpan(at - (before.recovery?.at ?? before.to))
  const note = `reopened: it occurred again, ${quiet} after it was resolved`
  return { id: id(draft.id, 'reopened', i), type: 'reopened', at, status: 'open', note }
}

/** The end of a stretch: `ordinal` counts the ends of this incident. */
export const endingOf = (draft: Draft, spell: Spell, ordinal: number): Transition => {
  if (spell.recovery === null) throw new RangeError('a spell that goes on has no end')
  return {
    id: id(draft.id, 'resolved', ordinal),
    type: 'resolved',
    at: spell.recovery.at,
    status: 'resolved',
    note: resolutionNote(spell.recovery, spell.to),
  }
}

/** The end by a rule of the operators. */
export const ignoringOf = (draft: Draft, why: string): Transition => ({
  id: id(draft.id, 'resolved', draft.reopenCount + 1),
  type: 'resolved',
  at: draft.resolution?.at ?? draft.lastSeenAt,
  status: 'resolved',
  note: `resolved: ${why}`,
})

/** Everything that the stream ever said of this episode, in its order: opened, resolved, reopened, resolved … */
const milestonesOf = (draft: Draft, { spells }: Episode): readonly Transition[] =>
  spells.flatMap((spell, i) => {
    const began = beginning(draft, spells, i)
    return spell.recovery === null ? [began] : [began, endingOf(draft, spell, i + 1)]
  })

/** How many of the milestones an incident already tells of. */
const toldBy = (before: Incident | undefined): number =>
  before === undefined ? 0 : 1 + 2 * before.reopenCount + (before.resolution === null ? 0 : 1)

/** The words of a change of severity: from what to what, and the terms of the sum. */
export const severityNote = (from: Severity, draft: Draft): string => {
  const { terms, points } = scoreSeverity(draft.context, draft)
  const sum = terms.map((t) => `${t.term} ${t.points}`).join(' + ')
  return `severity ${from} → ${draft.severity}: ${sum} = ${points} points`
}

const severityChange = (before: Incident | undefined, draft: Draft): readonly Transition[] => {
  if (before === undefined || before.severity === draft.severity) return []
  const { epoch, offset } = draft.context.version
  return [
    {
      id: id(draft.id, 'severity_changed', `${epoch}.${offset}`),
      type: 'severity_changed',
      at: draft.lastSeenAt,
      status: before.status,
      note: severityNote(before.severity, draft),
    },
  ]
}

const mergeOf = (before: Incident | undefined, draft: Draft): readonly Transition[] => {
  const { movedTo } = draft.context
  if (draft.status !== 'merged' || before?.status === 'merged' || movedTo === undefined) return []
  return [
    {
      id: id(draft.id, 'merged', 1),
      type: 'merged',
      at: draft.lastSeenAt,
      status: 'merged',
      note: `merged: its occurrences belong to ${movedTo}, and are told there`,
    },
  ]
}

/**
 * What turns `before` into `draft`, oldest first. Opened, resolved and reopened follow from the newest context alone, so a skipped
 * version loses none of them; a change of severity is told against what was last published.
 */
export const transitionsOf = (
  before: Incident | undefined,
  draft: Draft,
  episode: Episode | undefined,
): readonly Transition[] => [
  ...severityChange(before, draft),
  ...(episode === undefined ? [] : milestonesOf(draft, episode).slice(toldBy(before))),
  ...mergeOf(before, draft),
]

/** The record that the transitions of this context are owed to. */
export const causeOf = (context: Context): IncidentEvent['cause'] => ({
  ...context.cause,
  rulesHash: context.rulesHash,
})
