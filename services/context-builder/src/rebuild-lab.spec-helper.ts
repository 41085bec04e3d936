import {
  createKafka,
  createProducer,
  ensureTopics,
  partitionOf,
  spansOf,
  type Kafka,
} from '@kubesift/adapter-kafka'
import { connectRedis, ensureConnected, StateStore } from '@kubesift/adapter-redis'
import {
  incidentContexts,
  namespaceKey,
  OTEL_LOGS,
  otelPolicy,
  signals,
  type Context,
} from '@kubesift/contracts'
import {
  createLogger,
  loadConfig,
  runtimeEnv,
  startService,
  type RunningService,
} from '@kubesift/runtime'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { setTimeout as sleep } from 'node:timers/promises'
import { vi } from 'vitest'
import { z } from 'zod'
import type { RebuildPart } from './assemble/rebuild-progress.ts'
import { configSchema } from './config.ts'
import { contextBuilder } from './context-builder.ts'
import { Contexts } from './contexts.spec-helper.ts'

export const PARTITIONS = Array.from({ length: 12 }, (_, i) => i)

const PATIENCE = { timeout: 45_000, interval: 200 }

export const until = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, PATIENCE)

const waitUntil = (check: () => boolean | Promise<boolean>): Promise<boolean> =>
  vi.waitUntil(check, PATIENCE)

/** The service on Kafka and Redis of a test, and what it tells. */
export class Lab {
  readonly backing: TestBacking
  readonly kafka: Kafka
  readonly contexts: Contexts
  #service: RunningService | undefined

  private constructor(backing: TestBacking, kafka: Kafka) {
    this.backing = backing
    this.kafka = kafka
    this.contexts = new Contexts(kafka)
  }

  static async open(): Promise<Lab> {
    const backing = await testBacking()
    const kafka = createKafka({
      brokers: backing.kafkaBrokers.split(','),
      clientId: 'test',
      topicPrefix: backing.topicPrefix,
    })
    await ensureTopics(kafka, [{ topic: OTEL_LOGS, policy: otelPolicy }])
    return new Lab(backing, kafka)
  }

  async close(): Promise<void> {
    await this.#service?.stop()
    await this.contexts.stop()
    await this.backing.dispose()
  }

  async start(): Promise<void> {
    const config = loadConfig(z.object({ ...configSchema.shape, ...runtimeEnv }), {
      KAFKA_BROKERS: this.backing.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: this.backing.topicPrefix,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      REDIS_URL: this.backing.redisUrl,
      CONTEXT_BUILDER_ROLE: 'both',
      DEFAULT_CLUSTER: 'lab',
      PROGRESS_MS: '200',
      REFRESH_MS: '0',
      HEALTH_PORT: '0',
      LOG_LEVEL: 'warn',
    })
    this.#service = await startService(
      contextBuilder(config, createLogger('context-builder', 'warn')),
    )
  }

  async stop(): Promise<void> {
    const code = await this.#service?.stop()
    this.#service = undefined
    if (code !== 0) throw new Error(`the service ended with ${code}`)
  }

  async send(requests: readonly Uint8Array[]): Promise<void> {
    const producer = createProducer(this.kafka)
    await producer.publishRaw(
      OTEL_LOGS,
      requests.map((value, i) => ({ value, partition: i % PARTITIONS.length })),
    )
    await producer.disconnect()
  }

  async withRedis<T>(work: (redis: ReturnType<typeof connectRedis>) => Promise<T>): Promise<T> {
    const redis = connectRedis(this.backing.redisUrl)
    try {
      await ensureConnected(redis)
      return await work(redis)
    } finally {
      redis.disconnect()
    }
  }

  withStore<T>(work: (store: StateStore) => Promise<T>): Promise<T> {
    return this.withRedis((redis) =>
      work(new StateStore(redis, `kubesift:${this.backing.topicPrefix}`)),
    )
  }

  /** What the keys begin with of a partition. */
  #keysIn(partition: number): string {
    return `kubesift:${this.backing.topicPrefix}{signals-${partition}}:2:`
  }

  /** What the keys begin with of the partition in which this namespace is at home. */
  keysOf(context: Context): string {
    return this.#keysIn(homeOf(context))
  }

  lose(): Promise<unknown> {
    return this.withStore((store) => Promise.all(PARTITIONS.map((p) => store.forget(p))))
  }

  /** Retention took everything that is in `signals` now. */
  async expire(): Promise<void> {
    const admin = this.kafka.client.admin()
    await admin.connect()
    const spans = await spansOf(this.kafka, signals.topic)
    // kafkajs deletes only of topics that this client has asked about before
    await admin.fetchTopicOffsets(this.kafka.named(signals.topic))
    await admin.deleteTopicRecords({
      topic: this.kafka.named(signals.topic),
      partitions: [...spans].map(([partition, { to }]) => ({ partition, offset: String(to) })),
    })
    await admin.disconnect()
  }

  crashLoop(): Context | undefined {
    return [...this.contexts.byKey.values()].find(
      (c) => c.problem === 'CrashLoop' && c.movedTo === undefined,
    )
  }

  backOffs(context = this.crashLoop()): number | undefined {
    return context?.reasons.find((r) => r.reason === 'BackOff')?.count
  }

  /** What the service says of itself. */
  async rebuilds(): Promise<readonly RebuildPart[] | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.#service!.healthPort}/healthz`)
    const { rebuilds: parts } = (await answer.json()) as { rebuilds?: RebuildPart[] }
    return parts
  }

  /** All is applied, no count waits, and what was published is read here. */
  async caughtUp(): Promise<void> {
    const spans = await spansOf(this.kafka, signals.topic)
    await waitUntil(async () => {
      const stands = await this.withStore((store) => store.standings(PARTITIONS))
      return [...spans].every(([partition, { to }]) => (stands.get(partition)?.next ?? 0) >= to)
    })
    await waitUntil(async () => (await this.#waiting()).length === 0)
    const told = await spansOf(this.kafka, incidentContexts.topic)
    const written = [...told.values()].reduce((sum, { to }) => sum + to, 0)
    await waitUntil(() => this.contexts.all.length >= written)
    await waitUntil(() => this.#isQuiet())
  }

  /** What waits for the next progress is in no list: nothing has been told over a few of them. */
  async #isQuiet(): Promise<boolean> {
    const told = this.contexts.all.length
    await sleep(1_000)
    return this.contexts.all.length === told
  }

  /** Namespaces that have something to publish. */
  #waiting(): Promise<string[]> {
    return this.withRedis(async (redis) => {
      const found = PARTITIONS.map(async (partition) => {
        const key = this.#keysIn(partition)
        const stale = await redis.zrangebyscore(`${key}timers`, '-inf', '(0')
        return [...stale, ...(await redis.smembers(`${key}pending`))]
      })
      return (await Promise.all(found)).flat()
    })
  }
}

/** The partition of `signals` in which its namespace is at home. */
export const homeOf = ({ cluster, namespace }: Context): number =>
  partitionOf(namespaceKey(cluster, namespace), PARTITIONS.length)
