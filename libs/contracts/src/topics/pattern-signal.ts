import { z } from 'zod'
import { instant, objectRefSchema } from '../shared.ts'

/** One kind of line or flow of one thing: everything that changes from one to the next is masked. */
export const patternSchema = z.object({
  /** Hash of all the rest. */
  id: z.string().min(1),
  /** `log`, `hubble`, `envoy`. */
  source: z.string(),
  /** What it is, for the catalogue: `LogError`, `FlowDenied` … */
  reason: z.string(),
  involved: objectRefSchema,
  container: z.string().optional(),
  /** The other end, where two talk. */
  peer: objectRefSchema.optional(),
  text: z.string(),
})
export type Pattern = z.infer<typeof patternSchema>

/** How often it came in one raw record, which is read whole or not at all. */
export const hearingSchema = z.object({
  offset: z.number().int(),
  n: z.int().min(1),
  /** The earliest and the latest of them. */
  from: instant,
  at: instant,
})
export type Hearing = z.infer<typeof hearingSchema>
