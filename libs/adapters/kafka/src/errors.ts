import { DependencyUnavailable, Failure } from '@kubesift/contracts'
import kafkajs from 'kafkajs'

/** One message alone is larger than its topic allows: it will be as large next time. */
export class MessageTooLarge extends Failure {
  readonly code = 'MESSAGE_TOO_LARGE'
  readonly next = 'dead-letter'
}

/** The broker answers, and refuses for a reason that only a person can change. */
export class KafkaRefused extends Failure {
  readonly code = 'KAFKA_REFUSED'
  readonly next = 'crash'
}

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const refusals = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_CONFIG',
  'INVALID_SESSION_TIMEOUT',
  'INCONSISTENT_GROUP_PROTOCOL',
  'UNSUPPORTED_VERSION',
  'POLICY_VIOLATION',
])

/** What a broker says of topics and groups that were made a moment ago, until all of it has heard of them. */
const unsettled = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
])

const { KafkaJSError } = kafkajs

/** What kafkajs throws, as a bare Error, where it has lost a broker and has not heard of it again. */
const NOT_CONNECTED = 'Broker not connected'

/** True for what kafkajs itself threw: those are for kafkajs to handle, or mean that Kafka is away. */
export const isKafkaError = (error: unknown): error is Error =>
  error instanceof KafkaJSError ||
  (error instanceof Error &&
    (error.name === 'KafkaJSAggregateError' || error.message === NOT_CONNECTED))

/** The error and its causes, outermost first, as kafkajs nests them. */
const chain = (error: unknown): readonly Error[] => {
  const links: Error[] = []
  let at: unknown = error
  while (at instanceof Error && links.length < 10) {
    links.push(at)
    at = at.cause
  }
  return links
}

const brokerCode = (error: Error): string | undefined => {
  const code: unknown = Reflect.get(error, 'type')
  return typeof code === 'string' ? code : undefined
}

const hasCode = (error: unknown, codes: ReadonlySet<string>): boolean =>
  chain(error).some((link) => codes.has(brokerCode(link) ?? ''))

/** True when the broker refused a request for its size. */
export const isTooLarge = (error: unknown): boolean => hasCode(error, tooLarge)

/** True for what passes by itself, soon, while the broker answers. */
export const isUnsettled = (error: unknown): boolean =>
  hasCode(error, unsettled) ||
  chain(error).some(({ name }) => name === 'KafkaJSGroupCoordinatorNotFound')

/** True when the broker knows who keeps the group, and would not let us see it. */
export const isGroupHidden = (error: unknown): boolean =>
  hasCode(error, new Set(['GROUP_AUTHORIZATION_FAILED']))

const isRefusal = (error: unknown): boolean =>
  hasCode(error, refusals) ||
  chain(error).some(
    ({ name }) =>
      name === 'KafkaJSSASLAuthenticationError' || name === 'KafkaJSServerDoesNotSupportApiKey',
  )

const bugs = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'])

/**
 * What an error of the client means to us. Anything of kafkajs that is neither a refusal nor a bug is Kafka being away:
 * its own `retriable` flag is not asked, because it calls a lock timeout and a coordinator not yet found final.
 */
export const asFailure = (error: unknown, doing: string): unknown => {
  if (error instanceof Failure) return error
  if (!isKafkaError(error) || chain(error).some(({ name }) => bugs.has(name))) return error
  const text = `kafka: ${doing}: ${error.message}`
  if (isRefusal(error)) {
    return new KafkaRefused(`${text}; check the broker's settings and rights`, {}, { cause: error })
  }
  return new DependencyUnavailable(text, {}, { cause: error })
}
