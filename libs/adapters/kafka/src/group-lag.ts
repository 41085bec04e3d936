import type { Kafka } from './client.ts'
import { Offsets } from './offsets.ts'

/** A group and the topic that it reads, by their plain names. */
export interface Reader {
  readonly groupId: string
  readonly topic: string
}

/**
 * How many records are behind what a group has committed, over all partitions; everything that the topic holds where it has committed
 * nothing. Throws what the client throws: a topic that is not there yet included.
 */
export const groupLagOf = async (kafka: Kafka, { groupId, topic }: Reader): Promise<number> => {
  const offsets = new Offsets(kafka, kafka.named(topic))
  try {
    // the end first would make those that are handled meanwhile look ahead of it
    const committed = await offsets.committed(kafka.named(groupId))
    const bounds = await offsets.bounds()
    return [...bounds].reduce(
      (sum, [partition, { low, high }]) =>
        sum + Math.max(0, high - Math.max(low, committed.get(partition) ?? low)),
      0,
    )
  } finally {
    await offsets.disconnect()
  }
}
