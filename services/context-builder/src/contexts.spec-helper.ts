import { consumeBatches, type Kafka } from '@kubesift/adapter-kafka'
import { incidentContexts, type Context } from '@kubesift/contracts'

/** The newest version of each context, as a consumer keeps it. */
export class Contexts {
  readonly byKey = new Map<string, Context>()
  readonly #stop = new AbortController()
  readonly #running: Promise<void>

  constructor(kafka: Kafka) {
    const consumer = consumeBatches({
      kafka,
      topic: incidentContexts,
      groupId: 'reader',
      handle: async (batch) => {
        for (const { value } of batch.records) {
          const before = this.byKey.get(value.key)
          if (before === undefined || before.version.offset <= value.version.offset)
            this.byKey.set(value.key, value)
        }
        return { through: batch.lastOffset }
      },
    })
    this.#running = consumer.run(this.#stop.signal)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }
}
