import type { Kafka } from './client.ts'
import { Offsets } from './offsets.ts'
import { readRecords, type Span } from './read-records.ts'

/** A group and the topic that it reads, by their plain names. */
export interface Reader {
  readonly groupId: string
  readonly topic: string
}

/** Where a group stands in one partition. */
export interface PartitionLag {
  readonly partition: number
  /** The next offset that it has not committed. */
  readonly next: number
  /** Records behind it. */
  readonly records: number
}

/**
 * How many records are behind what a group has committed, by partition; everything that the topic holds where it has committed nothing.
 * Throws what the client throws: a topic that is not there yet included.
 */
export const partitionLagsOf = async (
  kafka: Kafka,
  { groupId, topic }: Reader,
): Promise<readonly PartitionLag[]> => {
  const offsets = new Offsets(kafka, kafka.named(topic))
  try {
    // the end first would make those that are handled meanwhile look ahead of it
    const committed = await offsets.committed(kafka.named(groupId))
    const bounds = await offsets.bounds()
    return [...bounds]
      .map(([partition, { low, high }]) => {
        const next = Math.max(low, committed.get(partition) ?? low)
        return { partition, next, records: Math.max(0, high - next) }
      })
      .sort((a, b) => a.partition - b.partition)
  } finally {
    await offsets.disconnect()
  }
}

/** {@link partitionLagsOf}, over all partitions. */
export const groupLagOf = async (kafka: Kafka, reader: Reader): Promise<number> =>
  (await partitionLagsOf(kafka, reader)).reduce((sum, { records }) => sum + records, 0)

/**
 * When the first record that each partition lags behind with was written (Kafka's time of the record); those that do not lag, and those
 * whose first one compaction has taken away or cannot be read in time, are missing.
 */
export const oldestOf = async (
  kafka: Kafka,
  topic: string,
  lags: readonly PartitionLag[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> => {
  const found = new Map<number, number>()
  const spans = new Map<number, Span>()
  for (const { partition, next, records } of lags)
    if (records > 0) spans.set(partition, { from: next, to: next + 1 })
  await readRecords(kafka, topic, {
    spans,
    signal,
    take: ({ partition, timestamp }) => void found.set(partition, timestamp),
  })
  return found
}
