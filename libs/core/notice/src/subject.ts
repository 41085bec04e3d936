import { noticeKinds, severities, countQualities, type Incident } from '@kubesift/contracts'
import { clean, distanceWords } from '@kubesift/core-diagnosis'
import { scoreSeverity } from '@kubesift/core-incident'
import { z } from 'zod'

const line = z.string().max(1000)

/** All that a notice says of an incident: bounded, cleaned, and no more than a reader needs. Text in it may be shown as it is. */
export const subjectSchema = z.object({
  group: z.string(),
  incidentId: z.string(),
  cluster: line,
  namespace: line,
  owner: line,
  problem: line,
  title: line,
  severity: z.enum(severities),
  severityWhy: z.array(line),
  status: line,
  firstSeenAt: z.number(),
  lastSeenAt: z.number(),
  resolvedAt: z.number().nullable(),
  resolvedWhy: line.nullable(),
  reopenCount: z.int(),
  count: z.int(),
  countQuality: z.enum(countQualities),
  reasons: z.array(line),
  change: line.nullable(),
  analysis: z
    .object({
      by: line,
      rule: line,
      cause: line,
      hypothesis: line,
      confidence: z.number(),
      evidence: z.array(line),
      commands: z.array(z.object({ text: line, command: line.nullable() })),
    })
    .nullable(),
  /** Others of the group, and how many there are. */
  others: z.array(line).default([]),
  othersTotal: z.int().default(0),
  /** What else the same image or release has broken, in other clusters. */
  elsewhere: z.array(line).default([]),
  traceparent: line.nullable(),
})
export type Subject = z.infer<typeof subjectSchema>

const MAX_LIST = 6
const short = (text: string): string => clean(text, 200)
const long = (text: string): string => clean(text, 600)

const changeOf = ({ context }: Incident): string | null => {
  const [change] = context.changes
  if (!change) return null
  const by = change.by ? ` by ${short(change.by)}` : ''
  // What is not of the owner itself is named.
  const { kind, name } = change.object
  const whose = change.via === undefined ? '' : `${short(`${kind}/${name}`)}: `
  return `${whose}${short(change.summary)}${by}, ${distanceWords(change)} the first symptom`
}

const analysisOf = ({ analysis, context }: Incident): Subject['analysis'] => {
  if (!analysis) return null
  const cited = context.evidence.filter(({ id }) => analysis.evidence.includes(id))
  return {
    by: analysis.by,
    rule: short(analysis.rule),
    cause: short(analysis.cause),
    hypothesis: long(analysis.hypothesis),
    confidence: analysis.confidence,
    evidence: cited.slice(0, MAX_LIST).map(({ text }) => short(text)),
    commands: analysis.recommendations.slice(0, MAX_LIST).map(({ text, command }) => ({
      text: short(text),
      // A command that had to be cut or cleaned is another command: then it is not offered.
      command: command !== undefined && clean(command, 1000) === command ? command : null,
    })),
  }
}

/** What is no trace context is left out: it would be sent as a header. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

const traceOf = ({ traceparent, context }: Incident): string | null => {
  const text = traceparent ?? context.traceparent ?? ''
  return TRACEPARENT.test(text) ? text : null
}

/** What a notice about this incident says. */
export const subjectOf = (incident: Incident): Subject => ({
  group: incident.group,
  incidentId: incident.id,
  cluster: short(incident.cluster),
  namespace: short(incident.namespace),
  owner: short(`${incident.resourceKind}/${incident.resourceName}`),
  problem: short(incident.problem),
  title: short(incident.title),
  severity: incident.severity,
  severityWhy: scoreSeverity(incident.context, incident)
    .terms.slice(0, MAX_LIST)
    .map(({ term, points, why }) => short(`${term} ${points >= 0 ? '+' : ''}${points}: ${why}`)),
  status: incident.status,
  firstSeenAt: incident.firstSeenAt,
  lastSeenAt: incident.lastSeenAt,
  resolvedAt: incident.resolution?.at ?? null,
  resolvedWhy: incident.resolution ? long(incident.resolution.why) : null,
  reopenCount: incident.reopenCount,
  count: incident.occurrenceCount,
  countQuality: incident.countQuality,
  reasons: incident.reasons.slice(0, MAX_LIST).map(short),
  change: changeOf(incident),
  analysis: analysisOf(incident),
  others: [],
  othersTotal: 0,
  elsewhere: (incident.links ?? []).slice(0, MAX_LIST).map(({ why }) => short(why)),
  traceparent: traceOf(incident),
})

/** The body of a delivery as machines read it (Standard Webhooks: `type`, `timestamp`, `data`). */
export const noticeBodySchema = z.object({
  type: z.enum(noticeKinds.map((kind) => `incident.${kind}` as const)),
  /** RFC 3339, event time of what is told. */
  timestamp: z.string(),
  /** The idempotency key; the same as the `webhook-id` header. */
  id: z.string(),
  data: subjectSchema.omit({ traceparent: true }).extend({
    firstSeenAt: z.string(),
    lastSeenAt: z.string(),
    resolvedAt: z.string().nullable(),
  }),
})
export type NoticeBody = z.infer<typeof noticeBodySchema>
