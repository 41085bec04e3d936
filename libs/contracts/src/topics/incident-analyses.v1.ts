import { z } from 'zod'
import { instant } from '../shared.ts'
import { DAY_MS, defineTopic } from '../topic.ts'
import { versionSchema } from './incident-contexts.v1.ts'

export const recommendationSchema = z.object({
  text: z.string(),
  /** Exact, with real names filled in; nothing runs it but a human. */
  command: z.string().optional(),
})

export const failureClasses = ['infrastructure', 'application', 'data', 'security'] as const

export const analysisSchema = z.object({
  incidentId: z.string(),
  key: z.string(),
  /** The context that was read. An analysis of an older one than the stored is refused. */
  contextVersion: versionSchema,
  by: z.enum(['known', 'llm']),
  /** The rule (or model) that speaks, and the hash of its text. */
  rule: z.string(),
  rulesHash: z.string(),
  class: z.enum(failureClasses),
  /** Machine-readable cause class, e.g. `bad-rollout`, `image-not-found`, `oom-limit`. */
  cause: z.string(),
  hypothesis: z.string(),
  confidence: z.number().min(0).max(1),
  confidenceReasons: z.array(z.string()),
  /** Ids of evidence entries in the context that was read. */
  evidence: z.array(z.string()).min(1),
  refutedBy: z.string().optional(),
  recommendations: z.array(recommendationSchema),
  /** Event time of the context that was read. */
  at: instant,
})
export type Analysis = z.infer<typeof analysisSchema>

export const incidentAnalyses = defineTopic({
  topic: 'incident-analyses',
  version: 1,
  type: 'dev.kubesift.incident-analyses.v1',
  schema: analysisSchema,
  keyOf: (a) => a.incidentId,
  idOf: (a) => `${a.incidentId}@${a.contextVersion.epoch}.${a.contextVersion.offset}/${a.rule}`,
  policy: { partitions: 12, cleanup: 'compact,delete', retentionMs: 30 * DAY_MS },
})
