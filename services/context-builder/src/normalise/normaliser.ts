import { consumeBatches, type Kafka, type Producer } from '@kubesift/adapter-kafka'
import type { MetricRule } from '@kubesift/contracts'
import type { Health, Loop } from '@kubesift/runtime'
import type { Config } from '../config.ts'
import { NormaliseFacts } from '../facts.ts'
import { normalise } from './normalise.ts'
import { Observed } from './observed.ts'
import { rawTopics, type RawTopic } from './raw-topics.ts'
import { tellProgress } from './tell-progress.ts'

export interface NormaliserWiring {
  readonly config: Config
  readonly kafka: Kafka
  readonly producer: Producer
  readonly health: Health
  readonly metricRules: readonly MetricRule[]
}

/** A part of the service: what runs, and what keeps it from being ready. */
export interface Half {
  readonly loops: Readonly<Record<string, Loop>>
  readonly ready: () => readonly string[]
}

/** The readers of all raw topics, each with an offset and a pace of its own: one that lags holds up no other. */
export const normalisers = (wiring: NormaliserWiring): Half[] => {
  const facts = new NormaliseFacts()
  return rawTopics.map((make) => {
    const observed = new Observed()
    const { metricRules, config } = wiring
    const raw = make({ observed, metricRules, defaultCluster: config.DEFAULT_CLUSTER })
    return reader(raw, { ...wiring, observed, facts })
  })
}

const reader = (
  raw: RawTopic,
  given: NormaliserWiring & { readonly observed: Observed; readonly facts: NormaliseFacts },
): Half => {
  const { config, kafka, producer, health, observed, facts } = given
  const { topic, suffix, isTime } = raw
  const stage = `normalise${suffix}`
  const consumer = consumeBatches({
    kafka,
    topic,
    groupId: `${config.KAFKA_GROUP_ID}-${stage}`,
    stage,
    batchMax: config.BATCH_MAX,
    batchBytes: config.FETCH_BYTES,
    fetchBytes: config.FETCH_BYTES,
    producer,
    progress: health.progress(stage),
    pollMs: config.PROGRESS_MS,
    onAssigned: (partition, note) => {
      raw.recall(partition, note)
      return null
    },
    onRevoked: (partitions) => observed.forget(partitions),
    handle: normalise({
      kafka,
      producer,
      observed,
      facts,
      source: raw,
      chunkBytes: config.CHUNK_BYTES,
    }),
  })
  const progress = {
    topic,
    kafka,
    producer,
    consumer,
    observed,
    // What only tells of sources may wait.
    everyMs: isTime ? config.PROGRESS_MS : config.PROGRESS_IDLE_MS,
    idleMs: config.PROGRESS_IDLE_MS,
    now: Date.now,
  }
  return {
    loops: {
      [stage]: (signal) => consumer.run(signal),
      [`progress${suffix}`]: (signal) => tellProgress(progress, signal),
    },
    ready: () => consumer.reasons(),
  }
}
