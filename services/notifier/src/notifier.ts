import {
  consumeBatches,
  ensureTopics,
  Outage,
  type Batch,
  type BatchConsumer,
  type Handled,
  type Kafka,
  type LoopProgress,
  type Producer,
} from '@kubesift/adapter-kafka'
import { DeliveryLedger, DeliveryQueue, WakeUp, type Database } from '@kubesift/adapter-postgres'
import { incidents, notifications, type Incident } from '@kubesift/contracts'
import type { Channel, RetryPolicy, SettleTimes } from '@kubesift/core-notice'
import type { NotifierFacts } from './facts.ts'
import { memberStatesOf } from './group-states.ts'
import { publishRound } from './publish-round.ts'
import { sendRound } from './send-round.ts'
import { tellRound } from './tell-round.ts'
import { together } from './together.ts'
import { runLoop } from './work-loop.ts'

export interface NotifierParts {
  readonly kafka: Kafka
  readonly groupId: string
  readonly database: Database
  readonly producer: Producer
  readonly channels: readonly Channel[]
  readonly settle: SettleTimes
  readonly retry: RetryPolicy
  readonly concurrency: number
  readonly leaseMs: number
  readonly facts: NotifierFacts
  /** One per loop, by name. */
  readonly progressOf: (loop: string) => LoopProgress
  readonly random: () => number
}

const PRUNE_EVERY_MS = 3_600_000
const KEEP_MS = 30 * 24 * 3_600_000

/**
 * The notifier, from incident documents to deliveries. Consuming only records where groups stand; telling, sending and publishing
 * work off Postgres beside it, so a slow or dead receiver never holds up a partition, and everything survives a restart.
 */
export class Notifier {
  readonly #parts: NotifierParts
  readonly #ledger: DeliveryLedger
  readonly #queue: DeliveryQueue
  readonly #teller = new WakeUp()
  readonly #publisher = new WakeUp()
  readonly #senders: ReadonlyMap<string, WakeUp>
  readonly #consumer: BatchConsumer
  readonly #postgres: Outage
  readonly #publishing: Outage
  #prunedAt = performance.now()

  constructor(parts: NotifierParts) {
    this.#parts = parts
    this.#ledger = new DeliveryLedger(parts.database, parts.settle)
    this.#queue = new DeliveryQueue(parts.database)
    this.#postgres = new Outage(parts.kafka.log, 'postgres')
    this.#publishing = new Outage(parts.kafka.log, 'publishing notifications')
    this.#senders = new Map(parts.channels.map(({ name }) => [name, new WakeUp()]))
    this.#consumer = consumeBatches({
      kafka: parts.kafka,
      topic: incidents,
      groupId: parts.groupId,
      stage: 'notifier',
      producer: parts.producer,
      progress: parts.progressOf('consume'),
      handle: (batch) => this.#take(batch),
    })
  }

  /** Why it is not ready; empty when it is. */
  reasons(): readonly string[] {
    const { why } = this.#postgres
    return [...(why === undefined ? [] : [why]), ...this.#consumer.reasons()]
  }

  /** Works until the signal. Rejects when the process has to end. */
  async run(signal: AbortSignal): Promise<void> {
    const { kafka, database, progressOf } = this.#parts
    await this.#openDatabase(signal)
    await ensureTopics(kafka, [incidents, notifications], signal)
    const loop =
      (name: string, wakeUp: WakeUp, round: (signal: AbortSignal) => Promise<number>) =>
      (stop: AbortSignal): Promise<void> => {
        const outage = name === 'publish' ? this.#publishing : this.#postgres
        return runLoop({ round, wakeUp, progress: progressOf(name), outage }, stop)
      }
    await together(signal, [
      (stop) => this.#consumer.run(stop),
      loop('tell', this.#teller, () => this.#tell()),
      loop('publish', this.#publisher, () => this.#publish()),
      ...this.#parts.channels.map((channel) =>
        loop(`send ${channel.name}`, this.#bell(channel), (stop) => this.#send(channel, stop)),
      ),
    ])
    await database.close()
  }

  async #openDatabase(signal: AbortSignal): Promise<void> {
    const opening = new AbortController()
    const round = async (): Promise<number> => {
      await this.#parts.database.open()
      opening.abort()
      return 0
    }
    const progress = this.#parts.progressOf('open')
    const wakeUp = new WakeUp()
    const loop = { round, wakeUp, progress, outage: this.#postgres }
    await runLoop(loop, AbortSignal.any([signal, opening.signal]))
  }

  async #take(batch: Batch<Incident>): Promise<Handled> {
    await this.#ledger.observe(memberStatesOf(batch.records))
    this.#teller.call()
    return { through: batch.lastOffset }
  }

  #tell(): Promise<number> {
    const { channels, facts } = this.#parts
    return tellRound({
      ledger: this.#ledger,
      channels: channels.map(({ name }) => name),
      facts,
      senders: [...this.#senders.values()],
    })
  }

  #send(channel: Channel, signal: AbortSignal): Promise<number> {
    const options = { ...this.#parts, queue: this.#queue, channel, publisher: this.#publisher }
    return sendRound(options, signal)
  }

  async #publish(): Promise<number> {
    const waitMs = await publishRound(this.#queue, this.#parts.producer)
    if (performance.now() - this.#prunedAt > PRUNE_EVERY_MS) {
      this.#prunedAt = performance.now()
      await this.#queue.prune(KEEP_MS)
    }
    return waitMs
  }

  #bell({ name }: Channel): WakeUp {
    const bell = this.#senders.get(name)
    if (bell === undefined) throw new RangeError(`no sender for channel ${name}`)
    return bell
  }
}
