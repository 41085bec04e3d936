import {
  consumeBatches,
  createKafka,
  createProducer,
  ensureTopics,
  kafkaOptions,
  Outage,
  type BatchConsumer,
  type Handle,
  type Kafka,
  type Log,
  type LoopProgress,
  type Producer,
} from '@kubesift/adapter-kafka'
import {
  ChangeFeed,
  Database,
  IncidentReader,
  IncidentWriter,
  OutboxRelay,
  WakeUp,
  type RelayOptions,
} from '@kubesift/adapter-postgres'
import {
  Failure,
  incidentAnalyses,
  incidentContexts,
  incidentEvents,
  incidents,
  type TopicContract,
} from '@kubesift/contracts'
import type { LoggerService } from '@nestjs/common'
import { startGrpcServer, type GrpcServer } from './api/grpc-server.ts'
import { applyAnalyses, applyContexts } from './apply.ts'
import type { Config } from './config.ts'
import { publishOutbox } from './publish-outbox.ts'
import { storeFacts } from './store-facts.ts'

const RETRY_MS = 1_000

/** What the service hands to its host. */
export interface StoreHost {
  readonly log: Log
  readonly nestLogger?: LoggerService
  /** How each loop tells that it lives. */
  readonly progress?: (loop: string) => LoopProgress
}

/** The service without its process: started, watched and stopped by its host. */
export class IncidentStore {
  readonly #config: Config
  readonly #host: StoreHost
  readonly #kafka: Kafka
  readonly #producer: Producer
  readonly #database: Database
  readonly #reader: IncidentReader
  readonly #feed: ChangeFeed
  readonly #postgres: Outage
  readonly #outbox: Outage
  readonly #consumers: readonly BatchConsumer[]
  #opened = false
  #grpc: GrpcServer | undefined

  constructor(config: Config, host: StoreHost) {
    this.#config = config
    this.#host = host
    this.#kafka = createKafka(kafkaOptions(config, { clientId: 'incident-store', log: host.log }))
    this.#producer = createProducer(this.#kafka)
    this.#postgres = new Outage(host.log, 'postgres')
    this.#outbox = new Outage(host.log, 'outbox relay')
    this.#database = new Database({
      url: config.DATABASE_URL,
      poolMax: config.DATABASE_POOL_MAX,
      applicationName: 'kubesift-incident-store',
    })
    this.#reader = new IncidentReader(this.#database)
    this.#feed = new ChangeFeed(this.#database, config.DATABASE_URL, (lost) => this.#isThere(lost))
    const writer = new IncidentWriter(this.#database)
    this.#consumers = [
      this.#consumer(incidentContexts, applyContexts(writer, this.#kafka.named)),
      this.#consumer(incidentAnalyses, applyAnalyses(writer, this.#kafka.named)),
    ]
  }

  /** Why the service is not ready; empty when it is. */
  reasons(): readonly string[] {
    return [
      this.#postgres.why ?? (this.#opened ? undefined : 'postgres: not connected yet'),
      this.#outbox.why,
      ...this.#consumers.flatMap((consumer) => consumer.reasons()),
    ].filter((why) => why !== undefined)
  }

  /** Works until the signal; ends earlier only with an error that a restart has to cure. */
  async run(signal: AbortSignal): Promise<void> {
    const failed = new AbortController()
    const stop = AbortSignal.any([signal, failed.signal])
    const { GRPC_URL: url } = this.#config
    this.#grpc = await startGrpcServer({
      url,
      reader: this.#reader,
      feed: this.#feed,
      log: this.#host.log,
      ...(this.#host.nestLogger === undefined ? {} : { nestLogger: this.#host.nestLogger }),
    })
    this.#host.log.info({ url }, 'the incident API listens')
    try {
      await this.#open(stop)
      await ensureTopics(
        this.#kafka,
        [incidentContexts, incidentAnalyses, incidents, incidentEvents],
        stop,
      )
      const loops = [
        ...this.#consumers.map((consumer) => consumer.run(stop)),
        this.#relay().run(stop),
        this.#feed.run(stop),
      ]
      await allOrNone(loops, failed)
    } finally {
      await this.#close()
    }
  }

  async #close(): Promise<void> {
    await this.#grpc?.close()
    await this.#producer.disconnect()
    await this.#database.close()
  }

  /** Waits for Postgres, and brings its schema up to date. */
  async #open(signal: AbortSignal): Promise<void> {
    const pause = new WakeUp()
    while (!signal.aborted) {
      try {
        await this.#database.open()
        this.#opened = true
        this.#isThere(undefined)
        return
      } catch (error) {
        if (!(error instanceof Failure) || error.next !== 'retry') throw error
        this.#isThere(error.message)
        await pause.wait(RETRY_MS, signal)
      }
    }
  }

  #isThere(lost: string | undefined): void {
    if (lost === undefined) this.#postgres.ends()
    else this.#postgres.begins(lost)
    this.#grpc?.serving(lost === undefined)
  }

  #consumer<T>(topic: TopicContract<T>, handle: Handle<T>): BatchConsumer {
    const { KAFKA_GROUP_ID: groupId, BATCH_MAX: batchMax } = this.#config
    const named = this.#kafka.named(topic.topic)
    return consumeBatches({
      kafka: this.#kafka,
      topic,
      groupId: `${groupId}-${topic.topic}`,
      stage: 'incident-store',
      handle,
      batchMax,
      producer: this.#producer,
      onAssigned: async (partition) => (await this.#reader.position(named, partition)) ?? null,
      ...this.#progressOf(topic.topic),
    })
  }

  #progressOf(loop: string): { readonly progress?: LoopProgress } {
    const progress = this.#host.progress?.(loop)
    return progress === undefined ? {} : { progress }
  }

  /** A publication that hangs is a stall that the health endpoint sees. */
  #watched(publish: RelayOptions['publish']): RelayOptions['publish'] {
    const progress = this.#host.progress?.('relay')
    return async (messages) => {
      const ended = progress?.begin()
      try {
        await publish(messages)
      } finally {
        ended?.()
      }
    }
  }

  #relay(): OutboxRelay {
    const { log } = this.#host
    const {
      DATABASE_URL: url,
      WATCH_RETENTION_MS: ms,
      WATCH_RETENTION_CHANGES: changes,
    } = this.#config
    return new OutboxRelay({
      url,
      publish: this.#watched(publishOutbox(this.#producer)),
      keptTopic: incidents.topic,
      retention: { ms, changes },
      facts: {
        leading: (leads) =>
          // An outage makes it let go and take up again at every try; the outage itself is said once, by `blocked`.
          log.debug({ leads }, leads ? 'relaying the outbox' : 'no longer relaying'),
        published: storeFacts.relayed,
        blocked: (why) => (why === undefined ? this.#outbox.ends() : this.#outbox.begins(why)),
        setAside: (topic, why) => {
          storeFacts.refused(topic)
          log.error({ topic, why }, 'an outbox message was set aside: its topic can never take it')
        },
      },
    })
  }
}

/** Ends when all have ended; the first failure stops the others, and is the one that is told. */
const allOrNone = async (
  loops: readonly Promise<void>[],
  failed: AbortController,
): Promise<void> => {
  const outcomes = await Promise.allSettled(
    loops.map((loop) =>
      loop.catch((error: unknown) => {
        if (!failed.signal.aborted) failed.abort(error)
        throw error
      }),
    ),
  )
  if (outcomes.some(({ status }) => status === 'rejected')) throw failed.signal.reason as unknown
}
