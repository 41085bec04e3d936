import { z } from 'zod'
import {
  countQualitySchema,
  instant,
  objectRefSchema,
  positionSchema,
  severitySchema,
} from '../shared.ts'
import { defineTopic } from '../topic.ts'
import { terminationSchema } from './slim-object.ts'

/** Grows by construction: later records of one `signals` partition give a larger version. Compare epoch, then offset. */
export const versionSchema = z.object({ epoch: z.int(), offset: z.number().int() })
export type ContextVersion = z.infer<typeof versionSchema>

export const compareVersions = (a: ContextVersion, b: ContextVersion): number =>
  a.epoch - b.epoch || a.offset - b.offset

export const ownerSchema = z.object({
  kind: z.string(),
  name: z.string(),
  uid: z.string().optional(),
  /** `objects`: by ownerReferences. `inferred`: by the pod-name grammar. `self`: the involved object has no owner. */
  by: z.enum(['objects', 'inferred', 'self']),
})
export type Owner = z.infer<typeof ownerSchema>

export const reasonCountSchema = z.object({
  reason: z.string(),
  type: z.string(),
  /** `state`: read from an object's status; adds nothing to `occurrenceCount` beside events of the same failure. */
  source: z.enum(['event', 'state']),
  count: z.int(),
  uids: z.int(),
  quality: countQualitySchema,
  firstAt: instant,
  lastAt: instant,
  message: z.string(),
})
export type ReasonCount = z.infer<typeof reasonCountSchema>

/** One thing that can be cited. `id` is the hash of its content, so it stays the same wherever it is quoted. */
export const evidenceSchema = z.object({
  id: z.string(),
  kind: z.enum(['event', 'state', 'change', 'object']),
  text: z.string(),
  at: instant,
  object: objectRefSchema.optional(),
  records: z.array(positionSchema).max(4),
})
export type Evidence = z.infer<typeof evidenceSchema>

/** The delivery that a change was part of. Tools and names are open: more will come. */
export const releaseSchema = z.object({
  /** `helm`, `argocd`, `flux`. */
  tool: z.string(),
  /** Of the release, the Application, the Kustomization or the HelmRelease. */
  name: z.string(),
  repository: z.string().optional(),
  path: z.string().optional(),
  /** Commit, tag or chart version. */
  revision: z.string().optional(),
  /** The chart. */
  package: z.string().optional(),
  by: z.string().optional(),
  at: instant.optional(),
})
export type Release = z.infer<typeof releaseSchema>

/** What a scanner or a policy engine found about the owner: it opens nothing, and may explain. */
export const findingSchema = z.object({
  by: z.string(),
  type: z.string(),
  object: objectRefSchema,
  about: z.string().optional(),
  counts: z.record(z.string(), z.int()),
  worst: z.array(z.object({ id: z.string(), severity: z.string(), text: z.string() })),
  at: instant,
  evidence: z.string(),
})
export type Finding = z.infer<typeof findingSchema>

/** What logs and the network say about the owner while it is in trouble: it opens nothing unless the catalogue says so. */
export const observationSchema = z.object({
  /** `log`, `hubble`, `envoy`. */
  source: z.string(),
  reason: z.string(),
  text: z.string(),
  count: z.int(),
  quality: countQualitySchema,
  firstAt: instant,
  lastAt: instant,
  /** The newest, without secrets. */
  example: z.string(),
  object: objectRefSchema,
  container: z.string().optional(),
  /** The other end. */
  peer: objectRefSchema.optional(),
  evidence: z.string(),
})
export type Observation = z.infer<typeof observationSchema>

/**
 * What the owner costs per hour, by the newest window that was told of it. It opens, counts and ends nothing, and a newer window alone
 * makes no new version: it is told with the next one.
 */
export const costSchema = z.object({
  /** `opencost`. */
  source: z.string(),
  /** ISO 4217; absent where nobody says. */
  currency: z.string().optional(),
  perHour: z.number(),
  /** The same by what is paid for: `cpu`, `memory`, `gpu`, `storage`, `network`, `loadBalancer`, `shared`, `external`; more may come. */
  terms: z.record(z.string(), z.number()),
  /** The window in which it was measured. */
  from: instant,
  to: instant,
  /** Share of what is paid for that was used. */
  efficiency: z.number().optional(),
  /** More of it may have been told than is kept. */
  atLeast: z.boolean().optional(),
  evidence: z.string(),
})
export type Cost = z.infer<typeof costSchema>

export const changeSchema = z.object({
  kind: z.enum(['rollout', 'scale', 'config', 'node', 'created']),
  object: objectRefSchema,
  /** When; where that is known only as a span, its begin. */
  at: instant,
  /** The end of that span: by then it had happened. */
  until: instant.optional(),
  by: z.string().optional(),
  /** What its author or pipeline wrote beside it. */
  note: z.string().optional(),
  /** The owner that was changed, where that is another one: a dependency. */
  of: objectRefSchema.optional(),
  /** How something that is not the owner itself concerns it. */
  via: z.string().optional(),
  fromRevision: z.string().optional(),
  toRevision: z.string().optional(),
  rollback: z.boolean().optional(),
  summary: z.string(),
  fields: z.array(
    z.object({ path: z.string(), from: z.string().nullable(), to: z.string().nullable() }),
  ),
  /** First symptom minus change; negative when the change came after. */
  distanceMs: z.number(),
  /** Whether the failing pods are of the new revision; null where that cannot be told. */
  failingPodsAreNew: z.boolean().nullable(),
  evidence: z.string(),
  /** The release that it was part of; with the kind `config` the change is the release itself. */
  release: releaseSchema.optional(),
})
export type Change = z.infer<typeof changeSchema>

export const recoverySchema = z.object({
  at: instant,
  /** `recovered`: a positive signal, stable through the window. `owner_deleted`. `ttl`: silence, proven not blindness. */
  by: z.enum(['recovered', 'owner_deleted', 'ttl']),
  why: z.string(),
})
export type Recovery = z.infer<typeof recoverySchema>

/** One stretch of activity. Observations only: the store decides what is an episode. */
export const spellSchema = z.object({
  /** First occurrence. */
  from: instant,
  /** Last occurrence so far. */
  to: instant,
  /** When the opening threshold was reached; null: not (yet). */
  openedAt: instant.nullable(),
  /** What this stretch added to the count. */
  count: z.int(),
  /** Set once the watermark has passed the decision; then this spell never changes. */
  recovery: recoverySchema.nullable(),
})
export type Spell = z.infer<typeof spellSchema>

/** What the pods' states say, summed up for diagnosis. */
export const statesSchema = z.object({
  waiting: z.array(
    z.object({
      container: z.string(),
      reason: z.string(),
      message: z.string().optional(),
      pods: z.int(),
    }),
  ),
  terminations: z.array(terminationSchema.extend({ count: z.int() })),
  restarts: z.int(),
  notReady: z.int(),
  pods: z.int(),
})

/** How an incident has to do with a thing that others may share. */
export const touchKinds = ['is', 'blames', 'uses'] as const

/**
 * A thing that an incident touches. `is`: the incident is about that very thing (its owner, the Service in front of it). `blames`: a
 * symptom names it as what fails. `uses`: it depends on it or runs on it, which alone joins nothing.
 */
export const touchSchema = z.object({
  how: z.enum(touchKinds),
  /** `Kind/namespace/name`, the namespace empty for cluster-scoped things; parts percent-encoded. */
  thing: z.string(),
  /** What says so. */
  why: z.string(),
})
export type Touch = z.infer<typeof touchSchema>

export const contextSchema = z.object({
  key: z.string(),
  version: versionSchema,
  /** This key was an inference that the truth has corrected: everything is under the other key now. */
  movedTo: z.string().optional(),
  /** A rule of the operators says that this is no incident. Only told of a key that had been published before. */
  ignored: z.object({ rule: z.string(), why: z.string() }).optional(),
  cluster: z.string(),
  namespace: z.string(),
  owner: ownerSchema,
  problem: z.string(),
  title: z.string(),
  /** The catalogue's base; the store scores with `severityTerms` and its own. */
  severity: severitySchema,
  severityTerms: z.array(z.object({ term: z.string(), points: z.number(), why: z.string() })),
  reasons: z.array(reasonCountSchema),
  occurrenceCount: z.int(),
  countQuality: countQualitySchema,
  firstSeenAt: instant,
  lastSeenAt: instant,
  objects: z.array(objectRefSchema.extend({ node: z.string().optional() })),
  objectsTotal: z.int(),
  /** Nearest first. */
  changes: z.array(changeSchema),
  states: statesSchema,
  /** Worst first, a few. */
  findings: z.array(findingSchema).optional(),
  /** Most frequent first, a few. */
  observations: z.array(observationSchema).optional(),
  cost: costSchema.optional(),
  evidence: z.array(evidenceSchema),
  spells: z.array(spellSchema),
  gaps: z.array(z.tuple([instant, instant])),
  /** The things of {@link touches}, as `how:thing`; kept for readers of the former versions. */
  facets: z.array(z.string()),
  /** The shared things that this incident touches: what joins incidents to groups. */
  touches: z.array(touchSchema).default([]),
  /** Newest record that moved this context. */
  cause: positionSchema,
  traceparent: z.string().optional(),
  rulesHash: z.string(),
  watermark: instant.nullable(),
})
export type Context = z.infer<typeof contextSchema>

/** The context without what a newer window alone would change: that it has a cost is all that is left of it. */
export const withoutCost = <
  T extends { readonly cost?: Cost | undefined; readonly evidence: readonly Evidence[] },
>({
  cost,
  ...rest
}: T): Omit<T, 'cost'> & { readonly paid: boolean } => ({
  ...rest,
  paid: cost !== undefined,
  evidence: rest.evidence.filter(({ id }) => id !== cost?.evidence),
})

export const incidentContexts = defineTopic({
  topic: 'incident-contexts',
  version: 1,
  type: 'dev.kubesift.incident-contexts.v1',
  schema: contextSchema,
  keyOf: (c) => c.key,
  idOf: (c) => `${c.key}@${c.version.epoch}.${c.version.offset}`,
  policy: { partitions: 12, cleanup: 'compact', maxMessageBytes: 1_000_000 },
})
