import { setTimeout as sleep } from 'node:timers/promises'
import { createProducer, type Kafka, type Producer } from '@kubesift/adapter-kafka'
import { incidentContexts, OTEL_LOGS, signals } from '@kubesift/contracts'
import type { Pipeline } from '@kubesift/e2e'
import { cpuMsOf } from './process-cpu.ts'
import type { Storm } from './storm.ts'

const POLL_MS = 25
const PATIENCE_MS = 180_000
const STAGES = ['normalise', 'assemble'] as const

export interface ServiceTurnsOptions {
  readonly kafka: Kafka
  readonly pipeline: Pipeline
  readonly messages: number
  readonly partitions: number
  readonly recordsPerMessage: number
}

/** What one turn of the service cost, apart from its rate. */
export interface ServiceCost {
  readonly normaliseMs: number
  readonly assembleMs: number
  /** Versions of contexts that it published. */
  readonly contexts: number
}

/**
 * The whole service, normalise and assemble as a process each, over records that it finds as a backlog: both are suspended
 * while the records are written, so that it reads whole batches as the bare consumers do. They work one after the other, each
 * with the broker alone beside it as the bare consumers have it: on cores that share their units, two at once would each seem
 * slower. Counted is the CPU of the two processes until both have committed everything that these records led to.
 */
export class ServiceTurns {
  readonly #options: ServiceTurnsOptions
  readonly #producer: Producer
  readonly #admin: ReturnType<Kafka['client']['admin']>
  readonly costs: ServiceCost[] = []

  constructor(options: ServiceTurnsOptions) {
    this.#options = options
    this.#producer = createProducer(options.kafka)
    this.#admin = options.kafka.client.admin()
  }

  async connect(): Promise<void> {
    await this.#admin.connect()
  }

  async close(): Promise<void> {
    await Promise.all([this.#producer.disconnect(), this.#admin.disconnect()])
  }

  /** Records per CPU-second of the two processes together. */
  async turn(storm: Storm): Promise<number> {
    const messages = storm.messages(this.#options.messages, Date.now())
    const contextsBefore = await this.#end(incidentContexts.topic)
    const { normalise, assemble } = this.#options.pipeline.stages
    normalise.signal('SIGSTOP')
    assemble.signal('SIGSTOP')
    const before = this.#used()
    try {
      await this.#write(messages)
      normalise.signal('SIGCONT')
      await this.#until(OTEL_LOGS, 'context-builder-normalise')
      normalise.signal('SIGSTOP')
      assemble.signal('SIGCONT')
      await this.#until(signals.topic, 'context-builder-assemble')
    } finally {
      normalise.signal('SIGCONT')
      assemble.signal('SIGCONT')
    }
    const [normaliseMs, assembleMs] = this.#used().map((ms, i) => ms - (before[i] ?? 0)) as [
      number,
      number,
    ]
    const contexts = (await this.#end(incidentContexts.topic)) - contextsBefore
    this.costs.push({ normaliseMs, assembleMs, contexts })
    const records = this.#options.messages * this.#options.recordsPerMessage
    return (records / (normaliseMs + assembleMs)) * 1000
  }

  #used(): number[] {
    return STAGES.map((stage) => cpuMsOf(this.#options.pipeline.stages[stage].pid ?? 0))
  }

  async #write(messages: readonly Uint8Array[]): Promise<void> {
    const { partitions } = this.#options
    await this.#producer.publishRaw(
      OTEL_LOGS,
      messages.map((value, i) => ({ value, partition: i % partitions })),
    )
  }

  async #end(topic: string): Promise<number> {
    const ends = await this.#admin.fetchTopicOffsets(this.#options.kafka.named(topic))
    return ends.reduce((sum, { high }) => sum + Number(high), 0)
  }

  /** Until the group has committed everything that the topic holds now; progress that is told meanwhile is not waited for. */
  async #until(topic: string, group: string): Promise<void> {
    const { kafka } = this.#options
    const named = kafka.named(topic)
    const wanted = new Map(
      (await this.#admin.fetchTopicOffsets(named)).map((p) => [p.partition, Number(p.high)]),
    )
    const until = performance.now() + PATIENCE_MS
    while (performance.now() < until) {
      const [of] = await this.#admin.fetchOffsets({ groupId: kafka.named(group), topics: [named] })
      const committed = new Map(of?.partitions.map((p) => [p.partition, Number(p.offset)]))
      if ([...wanted].every(([p, high]) => high === 0 || (committed.get(p) ?? -1) >= high)) return
      await sleep(POLL_MS)
    }
    throw new Error(`${group} had not read ${named} after ${PATIENCE_MS} ms; see its log`)
  }
}
