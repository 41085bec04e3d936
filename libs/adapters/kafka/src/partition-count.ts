import type { Kafka } from './client.ts'
import { asFailure } from './errors.ts'

/** How many partitions a topic has on the broker. Throws `DependencyUnavailable` while Kafka is away or the topic is missing. */
export const partitionCountOf = async (kafka: Kafka, topic: string): Promise<number> => {
  const admin = kafka.client.admin()
  try {
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: [kafka.named(topic)] })
    return topics[0]?.partitions.length ?? 0
  } catch (error) {
    throw asFailure(error, `asking for the partitions of ${kafka.named(topic)}`)
  } finally {
    await admin.disconnect()
  }
}
