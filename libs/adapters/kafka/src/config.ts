import { z } from 'zod'

const csv = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

const count = z.coerce.number().int().min(1).max(32_767)

/** The environment settings of the Kafka client: spread these into a service's own schema. */
export const kafkaEnv = {
  KAFKA_BROKERS: csv.pipe(z.array(z.string().regex(/^.+:\d+$/, 'expected host:port')).min(1)),
  /** Before every topic and group name: replay and shadow runs live beside the live ones. */
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[\w.-]*$/, 'only letters, digits, dot, underscore and hyphen')
    .default(''),
  KAFKA_SSL: z.stringbool().default(false),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().min(1).optional(),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional(),
  /** How long after `kill -9` others take over. The broker refuses less than 6 s by default. */
  KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
  /** For topics that we create; the default is 1 on a single broker, else the broker's own. */
  KAFKA_REPLICATION_FACTOR: count.optional(),
  KAFKA_MIN_INSYNC_REPLICAS: count.optional(),
}

const shape = z.object(kafkaEnv)

/** The parsed settings, as a service's config carries them. */
export type KafkaEnv = Readonly<z.output<typeof shape>>

/** User name and password for the broker. */
export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}
