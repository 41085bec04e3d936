import { z } from 'zod'
import { countQualitySchema, instant, severitySchema } from '../shared.ts'
import { DAY_MS, defineTopic } from '../topic.ts'
import { analysisSchema } from './incident-analyses.v1.ts'
import { contextSchema } from './incident-contexts.v1.ts'

export const incidentStatuses = [
  'open',
  'acknowledged',
  'investigating',
  'resolved',
  'closed',
  'merged',
] as const
export type IncidentStatus = (typeof incidentStatuses)[number]

export const resolutionSchema = z.object({
  at: instant,
  by: z.enum(['recovered', 'owner_deleted', 'ttl', 'operator']),
  why: z.string(),
})
export type Resolution = z.infer<typeof resolutionSchema>

/** What else a cause has hit, as its group tells. */
export const blastRadiusSchema = z.object({
  /** Workloads (or other owners) of the group beside its own. */
  workloads: z.int().min(1),
  /** Namespaces that the group is in. */
  namespaces: z.int().min(0),
})
export type BlastRadius = z.infer<typeof blastRadiusSchema>

/** An incident of another cluster that the same delivery has caused. */
export const incidentLinkSchema = z.object({
  to: z.string(),
  cluster: z.string(),
  /** `image:REFERENCE`, `release:REPOSITORY@REVISION`; more will come. */
  thing: z.string(),
  /** From when on both had failed, in milliseconds of record time. */
  since: z.number().optional(),
  why: z.string(),
})
export type IncidentLink = z.infer<typeof incidentLinkSchema>

/** The operator's record of one episode of a key. Full state at `revision`. */
export const incidentSchema = z.object({
  id: z.string(),
  revision: z.int().min(1),
  key: z.string(),
  /** 1 for the first episode of the key, then 2, 3 … */
  episode: z.int().min(1),
  /** The incident before this one of the same key. */
  previous: z.string().optional(),
  mergedInto: z.string().optional(),
  cluster: z.string(),
  namespace: z.string(),
  resourceKind: z.string(),
  resourceName: z.string(),
  problem: z.string(),
  title: z.string(),
  severity: severitySchema,
  status: z.enum(incidentStatuses),
  resolution: resolutionSchema.nullable(),
  reopenCount: z.int(),
  /** What this episode added; equals the context's total for the first episode. */
  occurrenceCount: z.int(),
  countQuality: countQualitySchema,
  reasons: z.array(z.string()),
  firstSeenAt: instant,
  lastSeenAt: instant,
  openedAt: instant,
  /** Incidents with one cause share it: the id of the oldest. */
  group: z.string(),
  /** The incident of the group that stands for the cause; absent where that was never told. */
  primary: z.string().optional(),
  /** Why it is in its group: through which thing it is joined to which other. */
  joins: z
    .array(
      z.object({
        to: z.string(),
        thing: z.string(),
        why: z.string(),
        /** Whether the other explains this one. */
        directed: z.boolean(),
      }),
    )
    .default([]),
  /** Only of an incident that stands for the cause of others. */
  blastRadius: blastRadiusSchema.optional(),
  /** The same image or release fails in other clusters: no group, for each cluster is told for itself. */
  links: z.array(incidentLinkSchema).optional(),
  context: contextSchema,
  analysis: analysisSchema.nullable(),
  traceparent: z.string().optional(),
})
export type Incident = z.infer<typeof incidentSchema>

export const incidents = defineTopic({
  topic: 'incidents',
  version: 1,
  type: 'dev.kubesift.incidents.v1',
  schema: incidentSchema,
  keyOf: (i) => i.id,
  idOf: (i) => `${i.id}@${i.revision}`,
  policy: { partitions: 12, cleanup: 'compact', maxMessageBytes: 1_000_000 },
})

/** What may happen to an incident. More kinds will come: a reader passes over what it does not know. */
export const transitionTypes = [
  'opened',
  'severity_changed',
  'resolved',
  'reopened',
  'merged',
  'analysed',
  'regrouped',
  'linked',
] as const
export type TransitionType = (typeof transitionTypes)[number]

/** One transition, with what caused it. */
export const incidentEventSchema = z.object({
  incidentId: z.string(),
  key: z.string(),
  revision: z.int(),
  /** One of {@link transitionTypes}, or a newer one. */
  type: z.string().describe(`${transitionTypes.join(', ')}; pass over what you do not know`),
  /** Event time of the transition. */
  at: instant,
  severity: severitySchema,
  status: z.enum(incidentStatuses),
  note: z.string(),
  cause: z.object({
    topic: z.string(),
    partition: z.int(),
    offset: z.number().int(),
    rulesHash: z.string(),
  }),
})
export type IncidentEvent = z.infer<typeof incidentEventSchema>

export const incidentEvents = defineTopic({
  topic: 'incident-events',
  version: 1,
  type: 'dev.kubesift.incident-events.v1',
  schema: incidentEventSchema,
  keyOf: (e) => e.incidentId,
  idOf: (e) => `${e.incidentId}@${e.revision}/${e.type}`,
  policy: { partitions: 12, cleanup: 'delete', retentionMs: 30 * DAY_MS },
})
