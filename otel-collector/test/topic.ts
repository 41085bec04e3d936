import { Kafka, logLevel } from 'kafkajs'

const client = (brokers: string): Kafka =>
  new Kafka({ brokers: brokers.split(','), clientId: 'collector-test', logLevel: logLevel.NOTHING })

/** Creates topics of one partition each: the gateway never creates one. */
export const createTopics = async (brokers: string, topics: readonly string[]): Promise<void> => {
  const admin = client(brokers).admin()
  await admin.connect()
  try {
    await admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: 1 })),
      waitForLeaders: true,
    })
  } finally {
    await admin.disconnect()
  }
}

/** Reads a topic from its beginning until what it holds is enough. Waiting has no end of its own: the test's timeout is that. */
export const readTopic = async (
  brokers: string,
  topic: string,
  enough: (values: readonly Buffer[]) => boolean,
): Promise<readonly Buffer[]> => {
  const consumer = client(brokers).consumer({ groupId: `${topic}-${process.hrtime.bigint()}` })
  const values: Buffer[] = []
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      // a broker that has just started is still loading its groups: the client starts again by itself
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error)
      })
      const run = consumer.run({
        eachMessage: ({ message }) => {
          if (message.value !== null) values.push(message.value)
          if (enough(values)) resolve()
          return Promise.resolve()
        },
      })
      run.catch(reject)
    })
    return values
  } finally {
    await consumer.disconnect()
  }
}

/** Everything that a topic holds at this moment. */
export const readToEnd = async (brokers: string, topic: string): Promise<readonly Buffer[]> => {
  const admin = client(brokers).admin()
  await admin.connect()
  const [partition] = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect())
  const count = Number(partition?.high) - Number(partition?.low)
  return count === 0 ? [] : readTopic(brokers, topic, (values) => values.length >= count)
}
