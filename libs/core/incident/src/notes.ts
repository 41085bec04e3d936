import type { IncidentEvent, Position, TransitionType } from '@kubesift/contracts'
import { noteIdOf } from './ids.ts'
import type { Transition } from './transitions.ts'

/** The kinds of note. Those of the stream are `system`, `status_change`, `severity_change`, `link` and `ai_analysis`; the others are operators'. */
export const noteKinds = [
  'comment',
  'status_change',
  'assignment',
  'severity_change',
  'ai_analysis',
  'approval',
  'action',
  'link',
  'system',
] as const
export type NoteKind = (typeof noteKinds)[number]

/** Who speaks in notes that no person wrote. */
export const SYSTEM_ACTOR = 'kubesift'

/** One line of an incident's history; never changed and never removed. */
export interface Note {
  readonly id: string
  readonly incidentId: string
  readonly kind: NoteKind
  readonly actor: string
  /** Event time. */
  readonly at: number
  readonly text: string
  readonly causes: readonly Position[]
  /** The rule set that decided. */
  readonly rulesHash: string
}

const kindOf: Readonly<Record<TransitionType, NoteKind>> = {
  opened: 'system',
  resolved: 'status_change',
  reopened: 'status_change',
  merged: 'status_change',
  severity_changed: 'severity_change',
  analysed: 'ai_analysis',
  regrouped: 'link',
  linked: 'link',
}

/** The note that tells of a transition. */
export const noteOf = (
  incidentId: string,
  transition: Transition,
  { rulesHash, ...position }: IncidentEvent['cause'],
): Note => ({
  id: noteIdOf(transition.id),
  incidentId,
  kind: kindOf[transition.type],
  actor: SYSTEM_ACTOR,
  at: transition.at,
  text: transition.note,
  causes: [position],
  rulesHash,
})
