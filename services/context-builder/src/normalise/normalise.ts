import type { Batch, Handled, Parked, Producer } from '@kubesift/adapter-kafka'
import { OtlpUnreadable, readLogs, type LogBatch } from '@kubesift/adapter-otlp'
import { ceHeaders, signals, type Signal, type SignalChunk } from '@kubesift/contracts'
import { ChunkBuilder, clusterOf, fromLogRecord } from '@kubesift/core-signal'
import type { NormaliseFacts } from '../facts.ts'
import type { Observed } from './observed.ts'

export interface NormaliseOptions {
  readonly producer: Producer
  readonly observed: Observed
  readonly facts: NormaliseFacts
  readonly defaultCluster: string
  readonly chunkBytes: number
}

type Raw = Batch<Buffer>['records'][number]

/** What becomes of one batch of raw records, before anything is published. */
interface Reading {
  readonly builder: ChunkBuilder
  readonly seen: (readonly [string, Signal])[]
  readonly parked: Parked[]
  /** The trace that a namespace's chunk continues: that of the first record in it. */
  readonly traces: Map<string, string>
  skipped: number
}

const placeOf = (cluster: string, namespace: string): string => `${cluster}\n${namespace}`

const readRequest = (record: Raw, reading: Reading): LogBatch | undefined => {
  try {
    return readLogs(record.value, record.headers[ceHeaders.contentType])
  } catch (error) {
    if (!(error instanceof OtlpUnreadable)) throw error
    reading.parked.push({ record, why: error.message, code: error.code })
    return undefined
  }
}

/** One raw record: every entry becomes a signal, is skipped with a reason, or is parked; good entries go on beside bad ones. */
const readInto = (record: Raw, reading: Reading, defaultCluster: string): void => {
  const batch = readRequest(record, reading)
  if (batch === undefined) return
  const at = { offset: record.offset, kafkaAt: record.timestamp }
  for (const entry of batch.records) {
    const read = fromLogRecord(entry, at)
    if (read.ok && 'skipped' in read) {
      reading.skipped++
      continue
    }
    const cluster = clusterOf(entry) ?? defaultCluster
    const namespace = read.ok ? read.namespace : ''
    const signal: Signal = read.ok
      ? read.signal
      : { t: 'unclassified', offsets: [record.offset], repeats: 1, why: read.why }
    reading.builder.add(cluster, namespace, signal)
    reading.seen.push([cluster, signal])
    const place = placeOf(cluster, namespace)
    if (record.traceparent !== undefined && !reading.traces.has(place))
      reading.traces.set(place, record.traceparent)
  }
  if (batch.bad.length > 0) {
    const why = batch.bad
      .slice(0, 3)
      .map((b) => b.why)
      .join('; ')
    reading.parked.push({
      record,
      why,
      code: 'OTLP_UNREADABLE',
      entries: batch.bad.map((b) => b.index),
    })
  }
}

/** Raw OTLP in, chunks of signals per namespace out; done when the broker has them. */
export const normalise =
  (options: NormaliseOptions) =>
  async (batch: Batch<Buffer>): Promise<Handled> => {
    const { producer, observed, facts, defaultCluster, chunkBytes } = options
    const reading: Reading = {
      builder: new ChunkBuilder(),
      seen: [],
      parked: [],
      traces: new Map(),
      skipped: 0,
    }
    for (const record of batch.records) readInto(record, reading, defaultCluster)
    const chunks = reading.builder.build(
      { topic: batch.topic, partition: batch.partition },
      chunkBytes,
    )
    const settle = observed.note(batch.partition, reading.seen)
    if (chunks.length > 0) {
      await producer.publish(signals, chunks, {
        traceparent: (chunk) =>
          reading.traces.get(
            placeOf((chunk as SignalChunk).cluster, (chunk as SignalChunk).namespace),
          ),
      })
    }
    settle()
    facts.signalsRead({
      signals: reading.seen.map(([, signal]) => signal.t),
      folded: reading.builder.folded,
      skipped: reading.skipped,
    })
    return { through: batch.lastOffset, parked: reading.parked }
  }
