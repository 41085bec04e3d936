import { createInterface } from 'node:readline'
import { createKafka } from '../client.ts'
import { consumeBatches } from '../consumer.ts'
import { thingsTopic } from './things.ts'

/**
 * A process of its own that consumes, for tests that kill or suspend one. It prints each batch before it is durable, and
 * goes on at each line on stdin. Arguments: brokers, prefix, partitions.
 */
const [brokers = '', topicPrefix = '', partitions = '1'] = process.argv.slice(2)
const kafka = createKafka({
  brokers: brokers.split(','),
  clientId: 'child',
  topicPrefix,
  sessionTimeoutMs: 6_000,
})
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const consumer = consumeBatches({
  kafka,
  topic: thingsTopic(Number(partitions)),
  groupId: 'g',
  batchMax: 2,
  handle: async (batch) => {
    process.stdout.write(`${batch.firstOffset}\n`)
    await lines.next()
    return { through: batch.lastOffset }
  },
})
await consumer.run(new AbortController().signal)
