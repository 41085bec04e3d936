import { createKafka, readRecords, spansOf, topicsPresent } from '@kubesift/adapter-kafka'
import { nextStep, parseJson, type TopicContract } from '@kubesift/contracts'
import type { State } from '../frame/state.ts'

const WITHIN_MS = 8_000

/** The newest message of each key of a compacted topic, by key; undefined where it cannot be learnt in a few seconds. */
export const readCompacted = async <T>(
  { kafkaBrokers, topicPrefix }: Pick<State, 'kafkaBrokers' | 'topicPrefix'>,
  contract: TopicContract<T>,
): Promise<readonly T[] | undefined> => {
  const kafka = createKafka({
    brokers: kafkaBrokers.split(','),
    clientId: 'kubesift-status',
    topicPrefix,
  })
  const signal = AbortSignal.timeout(WITHIN_MS)
  const found = new Map<string, T>()
  try {
    if ((await topicsPresent(kafka, [contract.topic])).length === 0) return []
    await readRecords(kafka, contract.topic, {
      spans: await spansOf(kafka, contract.topic),
      signal,
      take: ({ value }) => {
        const read = value === null ? undefined : parseJson(contract.schema, value.toString('utf8'))
        if (read?.ok === true) found.set(contract.keyOf(read.value), read.value)
      },
    })
  } catch (error) {
    // What else is not known of Kafka the table of units says already.
    if (nextStep(error) !== 'retry') throw error
    return undefined
  }
  if (signal.aborted) return undefined
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}
