import { z } from 'zod'
import { instant, objectRefSchema } from '../shared.ts'

/** One alert of an Alertmanager webhook, cut down to what derivations read. Its labels say whom it is about; the rest of them stay behind. */
export const alertSchema = z.object({
  /** Alertmanager's hash of the labels; with `startsAt` it is one alert. */
  fingerprint: z.string().min(1),
  name: z.string().min(1),
  /** The label `severity`, in lower case. */
  severity: z.string().optional(),
  involved: objectRefSchema,
  message: z.string(),
  startsAt: instant,
  /** Absent while it fires. */
  endsAt: instant.optional(),
})
export type Alert = z.infer<typeof alertSchema>
