import type { Incident } from '@kubesift/contracts'
import type { GroupState } from '@kubesift/adapter-postgres'
import { standingOf, subjectOf } from '@kubesift/core-notice'

/** An incident document, and the trace that brought it. */
export interface IncomingIncident {
  readonly value: Incident
  readonly traceparent: string | undefined
}

/**
 * Where the groups of these incidents stand. A group is named after its oldest member and is told of through it,
 * so a member that is not it adds no notice of its own.
 */
export const groupStatesOf = (records: readonly IncomingIncident[]): readonly GroupState[] =>
  records
    .filter(({ value }) => value.group === value.id)
    .map(({ value, traceparent }) => {
      const subject = subjectOf(value)
      return {
        revision: value.revision,
        standing: standingOf(value),
        subject: { ...subject, traceparent: traceparent ?? subject.traceparent },
      }
    })
