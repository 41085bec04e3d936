import { consumeBatches, type Kafka } from '@kubesift/adapter-kafka'
import { compareVersions, incidentContexts, type Context } from '@kubesift/contracts'

/** The newest version of each context, as a consumer keeps it. */
export class Contexts {
  readonly byKey = new Map<string, Context>()
  /** Everything that was published, in its order. */
  readonly all: Context[] = []
  readonly #stop = new AbortController()
  readonly #running: Promise<void>

  constructor(kafka: Kafka) {
    const consumer = consumeBatches({
      kafka,
      topic: incidentContexts,
      groupId: 'reader',
      handle: async (batch) => {
        for (const { value } of batch.records) {
          this.all.push(value)
          const before = this.byKey.get(value.key)
          if (before === undefined || compareVersions(before.version, value.version) <= 0)
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
