import { z } from 'zod'
import { severities } from '@kubesift/contracts'

/** int64 travels as text in JSON and from the loader (`longs: String`). */
const int64 = z.union([z.string().regex(/^-?\d+$/), z.number()]).transform(Number)

/** google.protobuf.Timestamp; milliseconds since the epoch. An absent one is null. */
const instant = z
  .object({ seconds: int64, nanos: z.number() })
  .nullish()
  .transform((at) => (at === null || at === undefined ? null : at.seconds * 1000 + at.nanos / 1e6))

const object = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  node: z.string(),
})

const position = z.object({ topic: z.string(), partition: z.number(), offset: int64 })

const reason = z.object({
  reason: z.string(),
  type: z.string(),
  source: z.string(),
  count: int64,
  uids: z.number(),
  quality: z.string(),
  firstAt: instant,
  lastAt: instant,
  message: z.string(),
})

const change = z.object({
  kind: z.string(),
  object: object.nullish(),
  at: instant,
  by: z.string(),
  fromRevision: z.string(),
  toRevision: z.string(),
  rollback: z.boolean(),
  summary: z.string(),
  distanceMs: int64,
  fields: z.array(z.object({ path: z.string(), from: z.string(), to: z.string() })),
  /** Absent of an older server, empty of the owner's own. */
  via: z.string().default(''),
  note: z.string().default(''),
})

const evidence = z.object({
  id: z.string(),
  kind: z.string(),
  text: z.string(),
  at: instant,
  records: z.array(position),
})

const analysis = z.object({
  by: z.string(),
  rule: z.string(),
  class: z.string(),
  cause: z.string(),
  hypothesis: z.string(),
  confidence: z.number(),
  confidenceReasons: z.array(z.string()),
  evidence: z.array(z.string()),
  refutedBy: z.string(),
  recommendations: z.array(z.object({ text: z.string(), command: z.string() })),
  at: instant,
})

const note = z.object({
  seq: int64,
  kind: z.string(),
  actor: z.string(),
  at: instant,
  text: z.string(),
  causes: z.array(position),
})

const finding = z.object({
  by: z.string(),
  type: z.string(),
  object: object.nullish(),
  about: z.string(),
  counts: z.record(z.string(), z.number()),
  worst: z.array(z.object({ id: z.string(), severity: z.string(), text: z.string() })),
  at: instant,
  evidence: z.string(),
})

const observation = z.object({
  source: z.string(),
  reason: z.string(),
  text: z.string(),
  count: int64,
  quality: z.string(),
  firstAt: instant,
  lastAt: instant,
  example: z.string(),
  object: object.nullish(),
  container: z.string(),
  peer: object.nullish(),
  evidence: z.string(),
})

const cost = z.object({
  source: z.string(),
  currency: z.string(),
  perHour: z.number(),
  terms: z.record(z.string(), z.number()),
  from: instant,
  to: instant,
  efficiency: z.number().nullish(),
  atLeast: z.boolean(),
  evidence: z.string(),
})

/** An incident of the API, in our own types: numbers, milliseconds, lower-case statuses. */
export const incidentSchema = z.object({
  id: z.string().min(1),
  key: z.string(),
  revision: int64,
  episode: z.number(),
  previousId: z.string(),
  mergedIntoId: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  resourceKind: z.string(),
  resourceName: z.string(),
  problem: z.string(),
  title: z.string(),
  severity: z.string().transform((text) => (severities.some((s) => s === text) ? text : '-')),
  severityTerms: z.array(z.object({ term: z.string(), points: z.number(), why: z.string() })),
  status: z.string().transform((text) => text.toLowerCase()),
  resolution: z.object({ at: instant, by: z.string(), why: z.string() }).nullish(),
  reopenCount: z.number(),
  occurrenceCount: int64,
  countQuality: z.string(),
  reasons: z.array(reason),
  firstSeenAt: instant,
  lastSeenAt: instant,
  openedAt: instant,
  group: z.string(),
  objects: z.array(object),
  objectsTotal: z.number(),
  changes: z.array(change),
  evidence: z.array(evidence),
  analysis: analysis.nullish(),
  notes: z.array(note),
  contextVersion: z.string(),
  primaryId: z.string().default(''),
  joins: z
    .array(
      z.object({
        incidentId: z.string(),
        thing: z.string(),
        why: z.string(),
        directed: z.boolean(),
      }),
    )
    .default([]),
  blastRadius: z.object({ workloads: z.number(), namespaces: z.number() }).nullish(),
  links: z
    .array(
      z.object({
        incidentId: z.string(),
        cluster: z.string(),
        thing: z.string(),
        why: z.string(),
        since: instant,
      }),
    )
    .default([]),
  findings: z.array(finding).default([]),
  observations: z.array(observation).default([]),
  cost: cost.nullish(),
})
export type ApiIncident = z.infer<typeof incidentSchema>

export const listResponse = z.object({
  incidents: z.array(incidentSchema),
  nextPageToken: z.string(),
  watchCursor: z.string(),
})

export const watchResponse = z.object({
  cursor: z.string(),
  incident: incidentSchema.nullish(),
})
export type WatchChange = z.infer<typeof watchResponse>
