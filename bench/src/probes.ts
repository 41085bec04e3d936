import { setTimeout as sleep } from 'node:timers/promises'
import { consumeBatches, type Batch, type Kafka } from '@kubesift/adapter-kafka'
import type { Database } from '@kubesift/adapter-postgres'
import { incidentContexts, incidents, parseIncidentKey } from '@kubesift/contracts'

const POLL_MS = 10

interface Probe {
  readonly sentAt: number
  /** In which namespace, by its key. */
  readonly namespace: string
  contextAt?: number
  committedAt?: number
  publishedAt?: number
}

interface NamedRow {
  readonly name: string
}

/** What a probe is timed by. */
export type Stop = 'contextAt' | 'committedAt' | 'publishedAt'

const STOPS: readonly Stop[] = ['contextAt', 'committedAt', 'publishedAt']

/**
 * Incidents that are waited for, by the owner's name: when each was sent, was told as a context, is a row that others can see, and was
 * published.
 */
export class Probes {
  readonly #sent = new Map<string, Probe>()
  readonly #open = new Set<string>()
  readonly #kafka: Kafka
  readonly #database: Database

  constructor(kafka: Kafka, database: Database) {
    this.#kafka = kafka
    this.#database = database
  }

  sending(owner: string, namespace: string): void {
    this.#sent.set(owner, { sentAt: performance.now(), namespace })
    this.#open.add(owner)
  }

  /** How many have not been seen everywhere. */
  get missing(): number {
    return [...this.#sent.values()].filter((p) => STOPS.some((stop) => p[stop] === undefined))
      .length
  }

  /** How long each took to get there, of those that are in a namespace that is asked for. */
  times(of: Stop, isMeant: (namespace: string) => boolean = () => true): number[] {
    return [...this.#sent.values()].flatMap((probe) => {
      const at = probe[of]
      return at === undefined || !isMeant(probe.namespace) ? [] : [at - probe.sentAt]
    })
  }

  /** Forgets what was sent: the warm-up. */
  clear(): void {
    this.#sent.clear()
    this.#open.clear()
  }

  /** Watches all three until the signal. */
  async watch(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#watchRows(signal),
      this.#watchTopic(signal),
      this.#watchContexts(signal),
    ])
  }

  /** By their keys alone: nobody here reads what a storm says beside the probes. */
  #watchContexts(signal: AbortSignal): Promise<void> {
    return consumeBatches({
      kafka: this.#kafka,
      topic: incidentContexts.topic,
      groupId: 'bench-contexts',
      maxWaitMs: 100,
      handle: (batch: Batch<Buffer>) => {
        const at = performance.now()
        for (const { key } of batch.records) {
          const owner = parseIncidentKey(key ?? '')?.name
          const probe = owner === undefined ? undefined : this.#sent.get(owner)
          if (probe !== undefined) probe.contextAt ??= at
        }
        return Promise.resolve({ through: batch.lastOffset })
      },
    }).run(signal)
  }

  async #watchRows(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#open.size > 0) {
        const rows = await this.#database.rows<NamedRow>(
          'select resource_name as name from incident where resource_name = any($1)',
          [[...this.#open]],
        )
        const at = performance.now()
        for (const { name } of rows) {
          this.#open.delete(name)
          const probe = this.#sent.get(name)
          if (probe !== undefined) probe.committedAt = at
        }
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  #watchTopic(signal: AbortSignal): Promise<void> {
    return consumeBatches({
      kafka: this.#kafka,
      topic: incidents,
      groupId: 'bench-latency',
      maxWaitMs: 100,
      handle: (batch) => {
        const at = performance.now()
        for (const { value } of batch.records) {
          const probe = this.#sent.get(value.resourceName)
          if (probe !== undefined) probe.publishedAt ??= at
        }
        return Promise.resolve({ through: batch.lastOffset })
      },
    }).run(signal)
  }
}
