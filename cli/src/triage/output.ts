import { z } from 'zod'
import { countQualities, failureClasses, incidentStatuses, severities } from '@kubesift/contracts'

const instant = z.iso.datetime({ offset: true }).describe('RFC 3339, UTC')

const position = z.object({
  topic: z.string().describe('The input: a file name, or `stdin`'),
  partition: z.int(),
  offset: z.int().describe('Number of the record in its input, from 0'),
})

const object = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string().optional(),
  apiVersion: z.string().optional(),
  fieldPath: z.string().optional(),
  node: z.string().optional(),
})

const reasonCount = z.object({
  reason: z.string(),
  type: z.string(),
  source: z.enum(['event', 'state']),
  count: z.int(),
  uids: z.int(),
  quality: z.enum(countQualities),
  firstAt: instant,
  lastAt: instant,
  message: z.string(),
})

const evidence = z.object({
  id: z.string(),
  kind: z.string(),
  text: z.string(),
  at: instant,
  object: object.optional(),
  records: z.array(position),
})

const recommendation = z.object({ text: z.string(), command: z.string().optional() })

const rollout = z.object({
  object,
  at: instant,
  by: z.string().optional(),
  fromRevision: z.string().optional(),
  toRevision: z.string().optional(),
  rollback: z.boolean().optional(),
  summary: z.string(),
  distanceMs: z
    .number()
    .describe('First symptom minus rollout; negative when the rollout came after'),
  failingPodsAreNew: z.boolean().nullable(),
  fields: z.array(
    z.object({ path: z.string(), from: z.string().nullable(), to: z.string().nullable() }),
  ),
})

const cost = z.object({
  source: z.string(),
  currency: z.string().optional().describe('ISO 4217; absent where the input does not say'),
  perHour: z.number(),
  terms: z.record(z.string(), z.number()).describe('The same by what is paid for'),
  from: instant,
  to: instant,
  efficiency: z.number().optional().describe('Share of what is paid for that was used'),
  atLeast: z.boolean().optional(),
})

const incident = z.object({
  id: z.string().describe('Made of key and episode: the same wherever it is computed'),
  key: z.string().describe('cluster/namespace/kind/name/problem, each part percent-encoded'),
  cluster: z.string(),
  namespace: z.string().describe('Empty for cluster-scoped owners'),
  resourceKind: z.string(),
  resourceName: z.string(),
  problem: z.string(),
  reasons: z.array(z.string()),
  reasonCounts: z.array(reasonCount),
  severity: z.enum(severities),
  status: z.enum(incidentStatuses),
  resolvedAt: instant.optional(),
  resolution: z.string().optional(),
  occurrenceCount: z.int(),
  countQuality: z.enum(countQualities),
  firstSeenAt: instant,
  lastSeenAt: instant,
  objects: z.array(object),
  group: z.string().describe('Incidents with one cause share it'),
  primary: z.string().describe('The incident of the group that stands for the cause'),
  joins: z
    .array(z.object({ to: z.string(), thing: z.string(), why: z.string(), directed: z.boolean() }))
    .describe('Through which shared thing it is joined to which other incident'),
  title: z.string(),
  class: z.enum(failureClasses).optional(),
  cause: z.string().optional(),
  hypothesis: z.string().optional(),
  confidence: z.number().min(0).max(1).optional(),
  evidence: z.array(evidence).optional(),
  recommendations: z.array(recommendation).optional(),
  rollout: rollout.optional(),
  cost: cost
    .optional()
    .describe('What the owner costs, where an input has an allocation of OpenCost'),
})

const ignored = z.object({
  reason: z.string(),
  count: z.int(),
  why: z.string(),
  owner: z.string().optional(),
  rule: z.string().optional().describe('Your ignore rule, where it was one'),
})

const stats = z.object({
  records: z
    .int()
    .describe('All that was read: events + duplicates + objects + others + skipped + rejected'),
  events: z.int().describe('States of Events, each once'),
  duplicates: z
    .int()
    .describe('States of Events that had been read before: same UID, count and time'),
  objects: z.int().describe('States of other objects'),
  others: z.int().optional().describe('Alerts and what else is neither an Event nor an object'),
  skipped: z.int().describe('Well-formed, but saying nothing: expired Events, bookmarks, metrics'),
  rejected: z.int().describe('Malformed; each is reported on standard error'),
  incidents: z.int(),
})

/** What `kubesift triage --format json` prints; published as `docs/contracts/triage.schema.json`. */
export const triageOutput = z.object({
  incidents: z.array(incident),
  ignored: z.array(ignored),
  stats,
})
export type TriageOutput = z.infer<typeof triageOutput>
export type TriageIncident = z.infer<typeof incident>

/** The output as JSON Schema. Readers allow more than it says: fields may be added within a version. */
export const triageSchema = (): object => ({
  $id: 'https://kubesift.dev/schemas/triage.v1.json',
  title: 'kubesift triage --format json',
  ...z.toJSONSchema(triageOutput, { target: 'draft-2020-12', io: 'input' }),
})
