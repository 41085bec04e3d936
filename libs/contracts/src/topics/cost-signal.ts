import { z } from 'zod'
import { instant, objectRefSchema } from '../shared.ts'

/** What one thing cost in one window, as a cost tool allocates it. Money is in `currency`, or in whatever the tool is set to. */
export const allocationSchema = z.object({
  /** `opencost`. */
  source: z.string(),
  /** A controller, a pod without one, or a namespace. */
  involved: objectRefSchema,
  /** The window that was asked for, or as much of it as was over when this was told. */
  from: instant,
  to: instant,
  /** For so many minutes of it there was anything to pay for. */
  minutes: z.number().optional(),
  /** ISO 4217, where whoever sends it says so: OpenCost's answers do not. */
  currency: z.string().optional(),
  /** In the window. */
  total: z.number(),
  /** The same by what was paid for: `cpu`, `memory`, `gpu`, `storage`, `network`, `loadBalancer`, `shared`, `external`; more may come. */
  terms: z.record(z.string(), z.number()),
  /** Share of what was paid for that was used; above 1 where more was used than asked for. */
  efficiency: z.number().optional(),
})
export type Allocation = z.infer<typeof allocationSchema>
