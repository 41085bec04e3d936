import type { Analysis, Change, Context, Cost, Incident, ReasonCount } from '@kubesift/contracts'
import { formatInstant } from '@kubesift/core-signal'
import type { TriageIncident } from './output.ts'

/** An incident as triage prints it: times in RFC 3339, evidence spelled out, the nearest rollout beside it. */
export const incidentJson = (
  incident: Incident,
  analysis: Analysis | undefined,
): TriageIncident => {
  const { context } = incident
  const rollout = context.changes.find(({ kind, of }) => kind === 'rollout' && of === undefined)
  return {
    id: incident.id,
    key: incident.key,
    cluster: incident.cluster,
    namespace: incident.namespace,
    resourceKind: incident.resourceKind,
    resourceName: incident.resourceName,
    problem: incident.problem,
    reasons: [...incident.reasons].sort(),
    reasonCounts: context.reasons.map(reasonJson).sort(byReason),
    severity: incident.severity,
    status: incident.status,
    ...resolutionJson(incident),
    occurrenceCount: incident.occurrenceCount,
    countQuality: incident.countQuality,
    firstSeenAt: formatInstant(incident.firstSeenAt),
    lastSeenAt: formatInstant(incident.lastSeenAt),
    objects: context.objects,
    group: incident.group,
    primary: incident.primary ?? incident.id,
    joins: incident.joins,
    title: incident.title,
    ...(analysis === undefined ? {} : analysisJson(analysis, context)),
    ...(rollout === undefined ? {} : { rollout: rolloutJson(rollout) }),
    ...(context.cost === undefined ? {} : { cost: costJson(context.cost) }),
  }
}

const resolutionJson = ({ resolution }: Incident) =>
  resolution === null
    ? {}
    : {
        resolvedAt: formatInstant(resolution.at),
        resolution: `${resolution.by}: ${resolution.why}`,
      }

const reasonJson = ({ firstAt, lastAt, ...rest }: ReasonCount) => ({
  ...rest,
  firstAt: formatInstant(firstAt),
  lastAt: formatInstant(lastAt),
})

const byReason = (a: { reason: string; type: string; source: string }, b: typeof a): number =>
  compare(a.reason, b.reason) || compare(a.type, b.type) || compare(a.source, b.source)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const analysisJson = (analysis: Analysis, context: Context) => ({
  class: analysis.class,
  cause: analysis.cause,
  hypothesis: analysis.hypothesis,
  confidence: analysis.confidence,
  evidence: context.evidence
    .filter((entry) => analysis.evidence.includes(entry.id))
    .map(({ at, ...entry }) => ({ ...entry, at: formatInstant(at) })),
  recommendations: analysis.recommendations,
})

const costJson = ({ evidence: _evidence, from, to, ...cost }: Cost) => ({
  ...cost,
  from: formatInstant(from),
  to: formatInstant(to),
})

const rolloutJson = ({ kind: _kind, evidence: _evidence, at, ...change }: Change) => ({
  ...change,
  at: formatInstant(at),
})
