import type { Change, Incident } from '@kubesift/contracts'
import { scoreSeverity } from '@kubesift/core-incident'
import type { StoredNote } from '@kubesift/adapter-postgres'

/** `google.protobuf.Timestamp`. Numbers are exact here: seconds stay far below 2^53. */
export interface Timestamp {
  readonly seconds: number
  readonly nanos: number
}

/** Milliseconds (fractions kept) as a protobuf timestamp. */
export const timestampOf = (ms: number): Timestamp => {
  const seconds = Math.floor(ms / 1000)
  return { seconds, nanos: Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6)) }
}

const reasonsOf = (incident: Incident) => {
  const own = new Set(incident.reasons)
  return incident.context.reasons
    .filter(({ reason }) => own.has(reason))
    .map(({ firstAt, lastAt, ...rest }) => ({
      ...rest,
      firstAt: timestampOf(firstAt),
      lastAt: timestampOf(lastAt),
    }))
}

const releaseOf = (release: Change['release']) =>
  release === undefined
    ? undefined
    : { ...release, at: release.at === undefined ? undefined : timestampOf(release.at) }

const findingsOf = ({ context }: Incident) =>
  (context.findings ?? []).map(({ at, ...rest }) => ({ ...rest, at: timestampOf(at) }))

const observationsOf = ({ context }: Incident) =>
  (context.observations ?? []).map(({ firstAt, lastAt, ...rest }) => ({
    ...rest,
    firstAt: timestampOf(firstAt),
    lastAt: timestampOf(lastAt),
  }))

const costOf = ({ context: { cost } }: Incident) =>
  cost === undefined
    ? undefined
    : { ...cost, from: timestampOf(cost.from), to: timestampOf(cost.to) }

const changesOf = ({ context }: Incident) =>
  context.changes.map(({ at, fields, rollback, until, ...rest }) => ({
    kind: rest.kind,
    object: rest.object,
    at: timestampOf(at),
    by: rest.by,
    fromRevision: rest.fromRevision,
    toRevision: rest.toRevision,
    rollback: rollback ?? false,
    summary: rest.summary,
    distanceMs: Math.round(rest.distanceMs),
    // proto3 has no null: what was not there reads as empty
    release: releaseOf(rest.release),
    failingPodsAreNew: rest.failingPodsAreNew ?? undefined,
    evidence: rest.evidence,
    via: rest.via,
    note: rest.note,
    until: until === undefined ? undefined : timestampOf(until),
    of: rest.of,
    fields: fields.map(({ path, from, to }) => ({ path, from: from ?? '', to: to ?? '' })),
  }))

const evidenceOf = ({ context }: Incident) =>
  context.evidence.map(({ id, kind, text, at, records }) => ({
    id,
    kind,
    text,
    at: timestampOf(at),
    records,
  }))

const analysisOf = ({ analysis }: Incident) =>
  analysis === null ? undefined : { ...analysis, at: timestampOf(analysis.at) }

const resolutionOf = ({ resolution }: Incident) =>
  resolution === null ? undefined : { ...resolution, at: timestampOf(resolution.at) }

const noteOf = ({ at, ...rest }: StoredNote) => ({ ...rest, at: timestampOf(at) })

/** An incident as the API tells it. Absent things are left out, which protobuf reads as empty. */
export const protoOf = (incident: Incident, notes: readonly StoredNote[] = []) => ({
  id: incident.id,
  key: incident.key,
  revision: incident.revision,
  episode: incident.episode,
  previousId: incident.previous,
  mergedIntoId: incident.mergedInto,
  cluster: incident.cluster,
  namespace: incident.namespace,
  resourceKind: incident.resourceKind,
  resourceName: incident.resourceName,
  problem: incident.problem,
  title: incident.title,
  severity: incident.severity,
  severityTerms: scoreSeverity(incident.context, incident).terms,
  status: incident.status.toUpperCase(),
  resolution: resolutionOf(incident),
  reopenCount: incident.reopenCount,
  occurrenceCount: incident.occurrenceCount,
  countQuality: incident.countQuality,
  reasons: reasonsOf(incident),
  firstSeenAt: timestampOf(incident.firstSeenAt),
  lastSeenAt: timestampOf(incident.lastSeenAt),
  openedAt: timestampOf(incident.openedAt),
  group: incident.group,
  primaryId: incident.primary,
  joins: incident.joins.map(({ to, ...join }) => ({ incidentId: to, ...join })),
  blastRadius: incident.blastRadius,
  links: (incident.links ?? []).map(({ to, since, ...link }) => ({
    incidentId: to,
    ...link,
    since: since === undefined ? undefined : timestampOf(since),
  })),
  findings: findingsOf(incident),
  observations: observationsOf(incident),
  cost: costOf(incident),
  objects: incident.context.objects,
  objectsTotal: incident.context.objectsTotal,
  changes: changesOf(incident),
  evidence: evidenceOf(incident),
  analysis: analysisOf(incident),
  notes: notes.map(noteOf),
  contextVersion: `${incident.context.version.epoch}.${incident.context.version.offset}`,
})

/** An incident on the wire. */
export type ProtoIncident = ReturnType<typeof protoOf>
