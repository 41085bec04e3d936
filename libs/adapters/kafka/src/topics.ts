import {
  deadLetterPolicy,
  deadLetterTopicOf,
  type TopicContract,
  type TopicPolicy,
} from '@kubesift/contracts'
import kafkajs from 'kafkajs'
import { type Kafka, patiently } from './client.ts'
import { untilServed } from './until-served.ts'

/** What creating a topic takes: a contract has it, and so has a raw topic. */
export type TopicSpec = Pick<TopicContract<unknown>, 'topic' | 'policy'>

/** A setting of an existing topic that is not what its contract says. It is left as it is. */
export interface TopicDifference {
  /** The name on the broker. */
  readonly topic: string
  readonly setting: string
  readonly wanted: string
  readonly found: string
}

export interface EnsuredTopics {
  readonly created: readonly string[]
  readonly differences: readonly TopicDifference[]
}

const settingsOf = (kafka: Kafka, policy: TopicPolicy): Readonly<Record<string, string>> => ({
  'cleanup.policy': policy.cleanup,
  ...(policy.retentionMs === undefined ? {} : { 'retention.ms': String(policy.retentionMs) }),
  ...(policy.maxMessageBytes === undefined
    ? {}
    : { 'max.message.bytes': String(policy.maxMessageBytes) }),
  ...(kafka.options.minInsyncReplicas === undefined
    ? {}
    : { 'min.insync.replicas': String(kafka.options.minInsyncReplicas) }),
})

const withDeadLetters = ({ topic, policy }: TopicSpec): readonly TopicSpec[] => [
  { topic, policy },
  {
    topic: deadLetterTopicOf(topic),
    // A parked record carries its source's bytes, so its topic must take what the source takes.
    policy:
      policy.maxMessageBytes === undefined
        ? deadLetterPolicy
        : { ...deadLetterPolicy, maxMessageBytes: policy.maxMessageBytes + 65_536 },
  },
]

/** `compact,delete` and `delete,compact` are the same policy. */
const normal = (value: string): string => value.split(',').sort().join(',')

const compare = (
  kafka: Kafka,
  spec: TopicSpec,
  found: { readonly partitions: number; readonly settings: ReadonlyMap<string, string> },
): readonly TopicDifference[] => {
  const topic = kafka.named(spec.topic)
  const wanted = { ...settingsOf(kafka, spec.policy), partitions: String(spec.policy.partitions) }
  return Object.entries(wanted).flatMap(([setting, want]) => {
    const has = setting === 'partitions' ? String(found.partitions) : found.settings.get(setting)
    return has === undefined || normal(has) === normal(want)
      ? []
      : [{ topic, setting, wanted: want, found: has }]
  })
}

const inspect = async (
  kafka: Kafka,
  admin: kafkajs.Admin,
  specs: readonly TopicSpec[],
): Promise<readonly TopicDifference[]> => {
  if (specs.length === 0) return []
  const names = specs.map(({ topic }) => kafka.named(topic))
  const { topics } = await admin.fetchTopicMetadata({ topics: names })
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  })
  return specs.flatMap((spec) => {
    const name = kafka.named(spec.topic)
    const entries = resources.find((r) => r.resourceName === name)?.configEntries ?? []
    return compare(kafka, spec, {
      partitions: topics.find((t) => t.name === name)?.partitions.length ?? 0,
      settings: new Map(entries.map((e) => [e.configName, e.configValue])),
    })
  })
}

/** One error for each topic that was not created; another process may be creating the same ones right now. */
const refusalIn = (error: unknown): unknown =>
  error instanceof kafkajs.KafkaJSAggregateError
    ? error.errors.find(
        (one) =>
          !(one instanceof kafkajs.KafkaJSProtocolError && one.type === 'TOPIC_ALREADY_EXISTS'),
      )
    : error

/** All in one request; the broker answers for each topic, and kafkajs wraps what failed in an aggregate whose message says nothing. */
const create = async (
  kafka: Kafka,
  admin: kafkajs.Admin,
  specs: readonly TopicSpec[],
): Promise<void> => {
  const { brokers } = await admin.describeCluster()
  const replicationFactor = kafka.options.replicationFactor ?? (brokers.length === 1 ? 1 : -1)
  const topics = specs.map(({ topic, policy }) => ({
    topic: kafka.named(topic),
    numPartitions: policy.partitions,
    replicationFactor,
    configEntries: Object.entries(settingsOf(kafka, policy)).map(([name, value]) => ({
      name,
      value,
    })),
  }))
  try {
    // kafkajs would wait for leaders by failing as long as the broker has not heard of the topics: see `untilServed`
    await admin.createTopics({ topics, waitForLeaders: false })
  } catch (error) {
    const refused = refusalIn(error)
    if (refused instanceof Error) throw refused
    if (refused !== undefined) throw error
  }
}

const ensureOnce = async (
  kafka: Kafka,
  admin: kafkajs.Admin,
  specs: readonly TopicSpec[],
  signal: AbortSignal,
): Promise<EnsuredTopics> => {
  await admin.connect()
  const present = new Set(await admin.listTopics())
  const missing = specs.filter(({ topic }) => !present.has(kafka.named(topic)))
  if (missing.length > 0) await create(kafka, admin, missing)
  await untilServed(
    kafka,
    specs.map(({ topic }) => kafka.named(topic)),
    signal,
  )
  const existing = specs.filter((spec) => !missing.includes(spec))
  return {
    created: missing.map(({ topic }) => kafka.named(topic)),
    differences: await inspect(kafka, admin, existing),
  }
}

/**
 * Creates the topics that are missing, each with its dead-letter topic, as their contracts say. What exists is left as it
 * is; differences are logged and returned. Waits for a broker that is not there yet, and until the topics can be used.
 */
export const ensureTopics = async (
  kafka: Kafka,
  topics: readonly TopicSpec[],
  signal: AbortSignal = new AbortController().signal,
): Promise<EnsuredTopics> => {
  const admin = kafka.client.admin()
  const specs = topics.flatMap(withDeadLetters)
  try {
    const answer = await patiently(
      kafka,
      'creating topics',
      () => ensureOnce(kafka, admin, specs, signal),
      signal,
    )
    for (const difference of answer?.differences ?? []) {
      const { topic, setting, wanted, found } = difference
      kafka.log.warn(
        difference,
        `topic ${topic}: ${setting} is ${found}, ours is ${wanted}; left as it is`,
      )
    }
    return answer ?? { created: [], differences: [] }
  } finally {
    await admin.disconnect()
  }
}
