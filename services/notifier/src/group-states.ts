import type { Incident } from '@kubesift/contracts'
import type { MemberState } from '@kubesift/adapter-postgres'
import { standingOf, subjectOf } from '@kubesift/core-notice'

/** An incident document, and the trace that brought it. */
export interface IncomingIncident {
  readonly value: Incident
  readonly traceparent: string | undefined
}

/** Where these incidents stand, each in its group. A merged one is told by whom it was merged into, and is in no group. */
export const memberStatesOf = (records: readonly IncomingIncident[]): readonly MemberState[] =>
  records.map(({ value, traceparent }) => {
    const subject = subjectOf(value)
    return {
      incidentId: value.id,
      group: value.group,
      revision: value.revision,
      isPrimary: (value.primary ?? value.group) === value.id,
      standing: standingOf(value),
      subject: { ...subject, traceparent: traceparent ?? subject.traceparent },
    }
  })
