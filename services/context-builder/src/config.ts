import { kafkaEnv } from '@kubesift/adapter-kafka'
import { RETIRE_AFTER_MS } from '@kubesift/core-context'
import { z } from 'zod'

const positive = z.coerce.number().int().min(1)

/** Everything that this service reads from its environment. `HEALTH_*`, `LOG_LEVEL`, `OTEL_*` belong to the runtime. */
export const configSchema = z.object({
  ...kafkaEnv,
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  /** Which half runs in this process; they scale apart. */
  CONTEXT_BUILDER_ROLE: z.enum(['normalise', 'assemble', 'both', 'intake']).default('both'),
  KAFKA_GROUP_ID: z.string().min(1).default('context-builder'),
  /** Where Alertmanager's webhooks are taken, beside `normalise`; unset: nowhere. The role `intake` takes nothing else. */
  INTAKE_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  INTAKE_HOST: z.string().min(1).default('127.0.0.1'),
  /** What a sender must show as `Authorization: Bearer …`; unset: nothing. */
  INTAKE_TOKEN: z.string().min(16).optional(),
  /** A post may have so many bytes; Kafka takes 1 MB. */
  INTAKE_BODY_BYTES: positive.min(1_000).max(900_000).default(900_000),
  /** Directory of the problem catalogue; default: the one shipped. */
  RULES_DIR: z.string().min(1).optional(),
  /** File or directory of your own ignore rules (CEL); default: the directory shipped, which holds none. */
  IGNORE_RULES: z.string().min(1).optional(),
  /** For records whose Collector names no cluster (`k8s.cluster.name`). */
  DEFAULT_CLUSTER: z.string().min(1).default('default'),
  BATCH_MAX: positive.max(10_000).default(2_000),
  /**
   * What one fetch brings of a raw partition: the larger, the more of a namespace goes into one chunk, and the more of a backlog's repeats
   * are folded before anything is made of them. Twice as much is held at a time.
   */
  FETCH_BYTES: positive.min(100_000).max(64_000_000).default(15_000_000),
  /** A chunk of signals holds at most this much JSON. */
  CHUNK_BYTES: positive.min(10_000).max(900_000).default(256_000),
  /** How often progress is told while there is some, and while there is none. */
  PROGRESS_MS: positive.max(60_000).default(1_000),
  PROGRESS_IDLE_MS: positive.max(60_000).default(5_000),
  /** How long counts of what is open already may wait to be published; what opens, ends or is new never waits. */
  REFRESH_MS: z.coerce.number().int().min(0).max(600_000).default(10_000),
  /** How late a record may be and still move a boundary. */
  ALLOWED_LATENESS_MS: z.coerce.number().int().min(0).default(120_000),
  /**
   * How long after the end of its trouble the facts of an owner are kept; then only their sums are. Twice as long as an Event lives in the
   * cluster (`--event-ttl`, 1 h), and never shorter than what opens an incident again.
   */
  RETIRE_AFTER_MS: positive.min(3_600_000).default(RETIRE_AFTER_MS),
  /** A cluster whose objects have stopped for so long is not seen any more; nodes report at least every 5 min. */
  BLIND_AFTER_MS: positive.max(86_400_000).default(360_000),
  /** Namespaces whose state is kept in memory beside Redis. */
  CACHED_NAMESPACES: positive.default(2_000),
  REDIS_ALLOW_VOLATILE: z.stringbool().default(false),
})

export type Config = Readonly<z.output<typeof configSchema>>
