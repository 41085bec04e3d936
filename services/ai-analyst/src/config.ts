import { kafkaEnv } from '@kubesift/adapter-kafka'
import { z } from 'zod'

/** Everything that this service reads from its environment. `HEALTH_*`, `LOG_LEVEL`, `OTEL_*` belong to the runtime. */
export const configSchema = z.object({
  ...kafkaEnv,
  KAFKA_GROUP_ID: z.string().min(1).default('ai-analyst'),
  /** Directory of the knowns; default: those shipped. */
  KNOWNS_DIR: z.string().min(1).optional(),
  BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(200),
})

export type Config = Readonly<z.output<typeof configSchema>>
