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
import { bundleContract, bundlesOf, type Bundle } from './bundles.ts'
import { BatchEncoder } from './encode-batch.ts'
import { Memory } from './memory.ts'
import type { Observed } from './observed.ts'
import { Reading } from './reading.ts'

export interface NormaliseOptions {
  readonly kafka: Kafka
  readonly producer: Producer
  readonly observed: Observed
  readonly facts: NormaliseFacts
  readonly defaultCluster: string
  readonly chunkBytes: number
}

const FORM = { contentType: SIGNALS_PROTOBUF, encode: ({ value }: Bundle): Buffer => value }

/** Raw OTLP in, chunks of signals per namespace out; done when the broker has them. One batch at a time: what it remembers is shared. */
export const normalise = (
  options: NormaliseOptions,
): ((batch: Batch<Buffer>) => Promise<Handled>) => {
  const { kafka, producer, observed, facts, defaultCluster, chunkBytes } = options
  let memory = new Memory()
  let encoder = new BatchEncoder(memory, chunkBytes)
  let partitions = 0
  return async (batch) => {
    partitions ||= await partitionCountOf(kafka, signals.topic)
    if (memory.isFull) {
      memory = new Memory()
      encoder = new BatchEncoder(memory, chunkBytes)
    }
    const reading = new Reading(memory, defaultCluster)
    for (const record of batch.records) reading.read(record)
    const { topic, partition, firstOffset: offset } = batch
    const source = { topic, partition }
    const chunks = encoder.encode(reading, source)
    const to = { places: memory.places, partitions, maxBytes: chunkBytes }
    const bundles = bundlesOf(chunks, to, { source, offset })
    const { count, folded } = memory.retellings
    reading.countRepeats()
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
    return {
      through: batch.lastOffset,
      parked: reading.parked,
      note: observed.noteOf(partition),
    }
  }
}
