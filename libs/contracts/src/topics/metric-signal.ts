import { z } from 'zod'
import { objectRefSchema } from '../shared.ts'

/** A measurement that a rule of the catalogue watches, of one thing. */
export const metricSchema = z.object({
  /** Hash of rule and thing: the same whatever was measured. */
  id: z.string().min(1),
  /** Name of the rule. */
  rule: z.string().min(1),
  /** `httpcheck`, `k8s_cluster`, `kubeletstats`, `metrics`. */
  source: z.string(),
  involved: objectRefSchema,
  container: z.string().optional(),
  /** What was measured last. */
  message: z.string(),
})
export type Metric = z.infer<typeof metricSchema>
