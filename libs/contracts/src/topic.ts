import type { z } from 'zod'

/** How a topic is created when it is missing. An existing topic is left as it is, and a difference is reported. */
export interface TopicPolicy {
  readonly partitions: number
  readonly cleanup: 'delete' | 'compact' | 'compact,delete'
  /** Undefined: no time limit (compacted topics). */
  readonly retentionMs?: number
  readonly maxMessageBytes?: number
}

/** A topic, the version of what travels on it, and the key that keeps related messages in order. */
export interface TopicContract<T> {
  /** The name without the deployment's prefix. */
  readonly topic: string
  readonly version: number
  /** CloudEvents `type`: `dev.kubesift.<name>.v<version>`. */
  readonly type: string
  readonly schema: z.ZodType<T>
  /** The record key; for topics whose producer picks the partition itself, the key is informational. */
  readonly keyOf: (message: T) => string
  /** CloudEvents `id`: deterministic, so that a consumer can drop a redelivery by it. */
  readonly idOf: (message: T) => string
  readonly policy: TopicPolicy
}

export const defineTopic = <T>(contract: TopicContract<T>): TopicContract<T> =>
  Object.freeze(contract)

export type MessageOf<C> = C extends TopicContract<infer T> ? T : never

export const DAY_MS = 24 * 60 * 60 * 1000

/** The dead-letter topic that belongs to a topic. */
export const deadLetterTopicOf = (topic: string): string => `${topic}.dlq`

export const deadLetterPolicy: TopicPolicy = {
  partitions: 3,
  cleanup: 'delete',
  retentionMs: 30 * DAY_MS,
}
