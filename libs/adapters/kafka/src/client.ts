import './quiet-kafkajs.ts'
import { Failure } from '@kubesift/contracts'
import kafkajs from 'kafkajs'
import { defaultBackoff, pause, waitBefore } from './backoff.ts'
import type { KafkaEnv, KafkaSasl } from './config.ts'
import { asFailure, KafkaRefused } from './errors.ts'
import { type Log, Outage, silentLog } from './log.ts'
import { framedSocket } from './socket.ts'

/** How to reach Kafka, and who we are there. */
export interface KafkaOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Before every topic and group name. */
  readonly topicPrefix?: string
  readonly ssl?: boolean
  readonly sasl?: KafkaSasl
  readonly sessionTimeoutMs?: number
  readonly replicationFactor?: number
  readonly minInsyncReplicas?: number
  readonly log?: Log
}

/** One Kafka cluster as seen by one process. Topics and groups go by their plain names; the prefix is added here. */
export interface Kafka {
  /** For this adapter only: nobody else imports kafkajs. */
  readonly client: kafkajs.Kafka
  readonly clientId: string
  readonly options: KafkaOptions
  readonly log: Log
  /** Said once when Kafka goes away and once when it is back, whoever notices. */
  readonly outage: Outage
  /** The name on the broker of a topic or group. */
  readonly named: (plain: string) => string
}

/** kafkajs reports each failed attempt at ERROR; ours is one line per change of state, so its lines are for debugging. */
const quietLog =
  (log: Log): kafkajs.logCreator =>
  () =>
  ({ namespace, log: { message, timestamp: _at, logger: _name, ...rest } }) =>
    log.debug({ kafkajs: namespace, ...rest }, message)

/** A client for the cluster; nothing connects yet. */
export const createKafka = (options: KafkaOptions): Kafka => {
  const log = options.log ?? silentLog
  const prefix = options.topicPrefix ?? ''
  const client = new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...(options.ssl === true ? { ssl: true } : {}),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl as kafkajs.SASLOptions }),
    ...(options.ssl === true || options.sasl !== undefined ? {} : { socketFactory: framedSocket }),
    // 1 s, the default, is too short for a broker on a busy machine.
    connectionTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 4 },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: quietLog(log),
  })
  return {
    client,
    clientId: options.clientId,
    options,
    log,
    outage: new Outage(log, `kafka at ${options.brokers.join(',')}`),
    named: (plain) => `${prefix}${plain}`,
  }
}

/** The parsed environment as options of {@link createKafka}. */
export const kafkaOptions = (
  env: KafkaEnv,
  rest: { readonly clientId: string; readonly log?: Log },
): KafkaOptions => ({
  brokers: env.KAFKA_BROKERS,
  topicPrefix: env.KAFKA_TOPIC_PREFIX,
  ssl: env.KAFKA_SSL,
  sessionTimeoutMs: env.KAFKA_SESSION_TIMEOUT_MS,
  ...saslOf(env),
  ...(env.KAFKA_REPLICATION_FACTOR === undefined
    ? {}
    : { replicationFactor: env.KAFKA_REPLICATION_FACTOR }),
  ...(env.KAFKA_MIN_INSYNC_REPLICAS === undefined
    ? {}
    : { minInsyncReplicas: env.KAFKA_MIN_INSYNC_REPLICAS }),
  ...rest,
})

const saslOf = (env: KafkaEnv): { readonly sasl?: KafkaSasl } => {
  const mechanism = env.KAFKA_SASL_MECHANISM
  if (mechanism === undefined) return {}
  const username = env.KAFKA_SASL_USERNAME
  const password = env.KAFKA_SASL_PASSWORD
  if (username === undefined || password === undefined) {
    throw new KafkaRefused(
      'KAFKA_SASL_MECHANISM is set without KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD; set all three or none',
    )
  }
  return { sasl: { mechanism, username, password } }
}

/** Tries until it works, waiting out a broker that is not there (said once); gives up only on a refusal or the signal. */
export const patiently = async <T>(
  kafka: Kafka,
  doing: string,
  attempt: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> => {
  for (let n = 1; !signal.aborted; n++) {
    try {
      const answer = await attempt()
      kafka.outage.ends(doing)
      return answer
    } catch (error) {
      const failure = asFailure(error, doing)
      if (!(failure instanceof Failure) || failure.next !== 'retry') {
        kafka.outage.forget(doing)
        throw failure
      }
      kafka.outage.begins(failure.message, doing)
      await pause(waitBefore(defaultBackoff, n, Math.random()), signal)
    }
  }
  kafka.outage.forget(doing)
  return undefined
}
