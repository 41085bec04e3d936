import {
  partitionCountOf,
  type Batch,
  type Handled,
  type Kafka,
  type Producer,
} from '@kubesift/adapter-kafka'
import { SIGNALS_PROTOBUF } from '@kubesift/adapter-signals'
import { signals } from '@kubesift/contracts'
import type { NormaliseFacts } from '../facts.ts'
import type { BatchReading, Raw } from './batch-reading.ts'
import { bundleContract, bundlesOf, type Bundle } from './bundles.ts'
import { BatchEncoder } from './encode-batch.ts'
import { Memory } from './memory.ts'
import type { Observed } from './observed.ts'

/** How a raw topic is read. */
export interface RawSource {
  /** A reading of one batch, with what is remembered of those before it. */
  reading(memory: Memory): BatchReading & { read(record: Raw): void; finish(): void }
  /** What the next reader of a partition has to know, to be committed with its offset. */
  noteOf(partition: number): string
  /** What was read last may not have been published. */
  failed(): void
  /** How many Events it can tell again, a power of two; default: many. */
  readonly slots?: number
}

export interface NormaliseOptions {
  readonly kafka: Kafka
  readonly producer: Producer
  readonly observed: Observed
  readonly facts: NormaliseFacts
  readonly source: RawSource
  readonly chunkBytes: number
}

const FORM = { contentType: SIGNALS_PROTOBUF, encode: ({ value }: Bundle): Buffer => value }

/** Raw OTLP in, chunks of signals per namespace out; done when the broker has them. One batch at a time: what it remembers is shared. */
export const normalise = (
  options: NormaliseOptions,
): ((batch: Batch<Buffer>) => Promise<Handled>) => {
  const { kafka, producer, observed, facts, source: raw, chunkBytes } = options
  let memory = new Memory(raw.slots)
  let encoder = new BatchEncoder(memory, chunkBytes)
  let partitions = 0
  const handle = async (batch: Batch<Buffer>): Promise<Handled> => {
    partitions ||= await partitionCountOf(kafka, signals.topic)
    if (memory.isFull) {
      memory = new Memory(raw.slots)
      encoder = new BatchEncoder(memory, chunkBytes)
    }
    const reading = raw.reading(memory)
    for (const record of batch.records) reading.read(record)
    const { topic, partition, firstOffset: offset } = batch
    const source = { topic, partition }
    const chunks = encoder.encode(reading, source)
    const to = { places: memory.places, partitions, maxBytes: chunkBytes }
    const bundles = bundlesOf(chunks, to, { source, offset })
    const { count, folded } = memory.retellings
    reading.finish()
    const settle = observed.note(partition, reading.times, offset)
    if (bundles.length > 0)
      await producer.publish(bundleContract, bundles, {
        form: FORM,
        partition: (bundle) => bundle.partition,
      })
    encoder.published(reading)
    settle()
    facts.signalsRead({
      signals: { ...reading.types, again: count },
      folded: reading.builder.folded + folded,
      skipped: reading.skipped,
      sources: reading.times.sources(),
    })
    return { through: batch.lastOffset, parked: reading.parked, note: raw.noteOf(partition) }
  }
  return async (batch) => {
    try {
      return await handle(batch)
    } catch (error) {
      raw.failed()
      throw error
    }
  }
}
