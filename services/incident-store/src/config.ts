import { kafkaEnv } from '@kubesift/adapter-kafka'
import { runtimeEnv } from '@kubesift/runtime'
import { z } from 'zod'

const count = (least: number, most: number, fallback: number) =>
  z.coerce.number().int().min(least).max(most).default(fallback)

/** Every setting of this service; docs and defaults are in its README. */
export const configSchema = z.object({
  ...runtimeEnv,
  ...kafkaEnv,
  KAFKA_GROUP_ID: z.string().min(1).default('incident-store'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL_MAX: count(2, 200, 10),
  /** Where the incident API listens. */
  GRPC_URL: z
    .string()
    .regex(/^.+:\d+$/, 'expected host:port')
    .default('127.0.0.1:50051'),
  /** Contexts or analyses in one transaction at most. */
  BATCH_MAX: count(1, 10_000, 500),
  /** How long, and how many, published changes stay for watchers that come back. */
  WATCH_RETENTION_MS: count(1_000, 7 * 86_400_000, 3_600_000),
  WATCH_RETENTION_CHANGES: count(1, 1_000_000, 20_000),
})

export type Config = Readonly<z.output<typeof configSchema>>
