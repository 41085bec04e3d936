import {
  ceHeaders,
  deadLetterPolicy,
  deadLetterTopicOf,
  dlqHeaders,
  otelPolicy,
  otelTopics,
  type TopicPolicy,
} from '@kubesift/contracts'
import { type AnyTopic, fileOf, keyInWords, topics } from './topic-schemas.ts'

/** JSON of a document that is only written. */
type Node = { readonly [key: string]: unknown }

const BINDING = '0.5.0'
const ref = (...path: readonly string[]): Node => ({ $ref: `#/${path.join('/')}` })
const text = (description: string): Node => ({ type: 'string', description })

/** A topic in Kafka's own settings, as it is created when it is missing. */
const topicBinding = ({
  partitions,
  cleanup,
  retentionMs,
  maxMessageBytes,
}: TopicPolicy): Node => ({
  kafka: {
    partitions,
    topicConfiguration: {
      'cleanup.policy': cleanup.split(','),
      ...(retentionMs === undefined ? {} : { 'retention.ms': retentionMs }),
      ...(maxMessageBytes === undefined ? {} : { 'max.message.bytes': maxMessageBytes }),
    },
    bindingVersion: BINDING,
  },
})

const keyBinding = (description: string): Node => ({
  kafka: { key: text(description), bindingVersion: BINDING },
})

const prefix = { prefix: ref('components', 'parameters', 'prefix') }

const nameOf = ({ topic, version }: AnyTopic): string => `${topic}.v${version}`

const channel = (name: string, message: string, policy: TopicPolicy): Node => ({
  address: `{prefix}${name}`,
  parameters: prefix,
  messages: { [message]: ref('components', 'messages', message) },
  bindings: topicBinding(policy),
})

/** Topics that carry another form of what their schema says. */
const FORMS: Readonly<Record<string, Node>> = {
  signals: {
    contentType: 'application/protobuf',
    description:
      'Chunks are protobuf: kubesift.signals.v1.Bundle (libs/contracts/proto/kubesift/signals/v1/signals.proto), whose fields the schema explains. A value that begins with `{` is JSON by the schema; progress is JSON always.',
  },
}

const messageOf = (topic: AnyTopic): Node => ({
  name: topic.type,
  contentType: 'application/json',
  ...FORMS[topic.topic],
  headers: {
    allOf: [
      ref('components', 'schemas', 'cloudEvent'),
      { type: 'object', properties: { [ceHeaders.type]: { const: topic.type } } },
    ],
  },
  payload: { $ref: `./${fileOf(topic)}` },
  bindings: keyBinding(keyInWords(topic)),
})

const OTLP: Node = {
  name: 'otlp',
  summary:
    'An OTLP export request, as the Collector writes it: protobuf, or JSON by the content type or by its first byte.',
  contentType: 'application/x-protobuf',
  externalDocs: { url: 'https://github.com/open-telemetry/opentelemetry-proto' },
}

const DEAD_LETTER: Node = {
  name: 'deadLetter',
  summary: 'A record that no stage could process: its key, its bytes and its headers, and why.',
  description:
    'Without a value where that was too large: it is at its source place until retention ends. A repeat has the same source place.',
  headers: {
    type: 'object',
    required: [
      dlqHeaders.error,
      dlqHeaders.stage,
      dlqHeaders.topic,
      dlqHeaders.partition,
      dlqHeaders.offset,
      dlqHeaders.time,
    ],
    properties: {
      [dlqHeaders.error]: text('Why, for people'),
      [dlqHeaders.stage]: text('Who refused it'),
      [dlqHeaders.topic]: text('Where it came from: topic, without the prefix'),
      [dlqHeaders.partition]: text('Where it came from: partition'),
      [dlqHeaders.offset]: text('Where it came from: offset'),
      [dlqHeaders.time]: { type: 'string', format: 'date-time' },
      [dlqHeaders.entries]: text('Indices of the bad entries, by commas, where the others went on'),
    },
  },
}

const REPLAY_MARK: Node = {
  name: 'replayMark',
  summary: 'No key and no value: the letter of this source place was written back to its topic.',
  headers: {
    type: 'object',
    required: [dlqHeaders.replayed, dlqHeaders.topic, dlqHeaders.partition, dlqHeaders.offset],
    properties: {
      [dlqHeaders.replayed]: { type: 'string', format: 'date-time' },
      [dlqHeaders.topic]: text('Source place: topic, without the prefix'),
      [dlqHeaders.partition]: text('Source place: partition'),
      [dlqHeaders.offset]: text('Source place: offset'),
    },
  },
}

const CLOUD_EVENT: Node = {
  type: 'object',
  description: 'CloudEvents, Kafka binding, binary mode, and W3C trace context.',
  required: Object.values(ceHeaders).filter((name) => name !== ceHeaders.traceparent),
  properties: {
    [ceHeaders.specversion]: { const: '1.0' },
    [ceHeaders.id]: text('Deterministic, so that a redelivery can be dropped by it'),
    [ceHeaders.source]: text('The producing service'),
    [ceHeaders.type]: { type: 'string' },
    [ceHeaders.time]: { type: 'string', format: 'date-time' },
    [ceHeaders.subject]: text('The record key'),
    [ceHeaders.contentType]: { const: 'application/json' },
    [ceHeaders.traceparent]: text('Of the record that caused the message'),
  },
}

const DLQ = 'deadLetters'

const channels = (): Node => ({
  ...Object.fromEntries(otelTopics.map((name) => [name, channel(name, 'otlp', otelPolicy)])),
  ...Object.fromEntries(
    topics.map((one) => [one.topic, channel(one.topic, nameOf(one), one.policy)]),
  ),
  [DLQ]: {
    address: `{prefix}${deadLetterTopicOf('{topic}')}`,
    description: 'One for each of the others. It takes somewhat larger messages than its source.',
    parameters: {
      ...prefix,
      topic: {
        description: 'The source topic',
        enum: [...otelTopics, ...topics.map(({ topic }) => topic)],
      },
    },
    messages: {
      deadLetter: ref('components', 'messages', 'deadLetter'),
      replayMark: ref('components', 'messages', 'replayMark'),
    },
    bindings: topicBinding(deadLetterPolicy),
  },
})

/** Kubesift is the application: it receives what the Collector sends, and sends all else. */
const operations = (): Node => {
  const of = (action: 'send' | 'receive', name: string): readonly [string, Node] => [
    `${action}-${name}`,
    { action, channel: ref('channels', name) },
  ]
  return Object.fromEntries([
    ...otelTopics.map((name) => of('receive', name)),
    ...topics.map(({ topic }) => of('send', topic)),
    of('send', DLQ),
  ])
}

/** The AsyncAPI 3 document of the topics. Payloads are the JSON Schemas beside it. */
export const asyncApi = (version: string): Node => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Kubesift topics',
    version,
    description:
      'What crosses a process boundary in Kafka, made from libs/contracts. README.md beside this file says what the messages mean. At least once, in order per key.',
    license: { name: 'Apache-2.0' },
  },
  defaultContentType: 'application/json',
  channels: channels(),
  operations: operations(),
  components: {
    parameters: {
      prefix: { description: 'KAFKA_TOPIC_PREFIX of the deployment; empty as a rule', default: '' },
    },
    schemas: { cloudEvent: CLOUD_EVENT },
    messages: {
      otlp: OTLP,
      ...Object.fromEntries(topics.map((one) => [nameOf(one), messageOf(one)])),
      deadLetter: DEAD_LETTER,
      replayMark: REPLAY_MARK,
    },
  },
})
