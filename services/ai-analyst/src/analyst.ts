import {
  consumeBatches,
  ensureTopics,
  type Batch,
  type BatchConsumer,
  type Handled,
  type Kafka,
  type LoopProgress,
  type Producer,
} from '@kubesift/adapter-kafka'
import { incidentAnalyses, incidents, type Incident, type Knowns } from '@kubesift/contracts'
import { analyseBatch, type Answer } from './analyse-batch.ts'
import { facts } from './facts.ts'

export interface AnalystParts {
  readonly kafka: Kafka
  readonly producer: Producer
  readonly knowns: Knowns
  readonly groupId?: string
  readonly batchMax?: number
  readonly progress?: LoopProgress
}

/** Incidents in, analyses out. It keeps no state: what it has said comes back to it with the incident. */
export class Analyst {
  readonly #parts: AnalystParts
  readonly #consumer: BatchConsumer

  constructor(parts: AnalystParts) {
    this.#parts = parts
    this.#consumer = consumeBatches({
      kafka: parts.kafka,
      topic: incidents,
      groupId: parts.groupId ?? 'ai-analyst',
      batchMax: parts.batchMax ?? 200,
      stage: 'ai-analyst',
      producer: parts.producer,
      handle: (batch) => this.#analyse(batch),
      ...(parts.progress === undefined ? {} : { progress: parts.progress }),
    })
  }

  /** Why it is not ready; empty when it is. */
  reasons(): readonly string[] {
    return this.#consumer.reasons()
  }

  /** Works until the signal. Rejects when the process has to end. */
  async run(signal: AbortSignal): Promise<void> {
    await ensureTopics(this.#parts.kafka, [incidents, incidentAnalyses], signal)
    await this.#consumer.run(signal)
  }

  async #analyse({ records, lastOffset }: Batch<Incident>): Promise<Handled> {
    const began = performance.now()
    const { answers, parked } = analyseBatch(records, this.#parts.knowns)
    facts.looked(records.length, (performance.now() - began) / 1000)
    if (answers.length > 0) await this.#publish(answers)
    return { through: lastOffset, parked }
  }

  async #publish(answers: readonly Answer[]): Promise<void> {
    const traces = new Map(answers.map((a) => [a.analysis.incidentId, a.traceparent]))
    const analyses = answers.map(({ analysis }) => analysis)
    await this.#parts.producer.publish(incidentAnalyses, analyses, {
      traceparent: ({ incidentId }) => traces.get(incidentId),
    })
    for (const analysis of analyses) facts.published(analysis)
  }
}
