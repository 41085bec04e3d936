import { createKafka, readRecords, spansOf, topicsPresent } from '@kubesift/adapter-kafka'
import { clusters, nextStep, parseJson, type Cluster } from '@kubesift/contracts'
import type { State } from '../frame/state.ts'
import { plain } from '../render/plain.ts'
import { counted, shortAge } from '../render/words.ts'

const WITHIN_MS = 8_000

/** What each cluster's sources are known to be; undefined where it cannot be learnt in a few seconds. */
export const clusterSources = async ({
  kafkaBrokers,
  topicPrefix,
}: Pick<State, 'kafkaBrokers' | 'topicPrefix'>): Promise<readonly Cluster[] | undefined> => {
  const kafka = createKafka({
    brokers: kafkaBrokers.split(','),
    clientId: 'kubesift-status',
    topicPrefix,
  })
  const signal = AbortSignal.timeout(WITHIN_MS)
  const found = new Map<string, Cluster>()
  try {
    if ((await topicsPresent(kafka, [clusters.topic])).length === 0) return []
    await readRecords(kafka, clusters.topic, {
      spans: await spansOf(kafka, clusters.topic),
      signal,
      take: ({ value }) => {
        const read = value === null ? undefined : parseJson(clusters.schema, value.toString('utf8'))
        if (read?.ok === true) found.set(read.value.cluster, read.value)
      },
    })
  } catch (error) {
    // What else is not known of Kafka the table of units says already.
    if (nextStep(error) !== 'retry') throw error
    return undefined
  }
  return signal.aborted ? undefined : [...found.values()].sort(byName)
}

const byName = (a: Cluster, b: Cluster): number => (a.cluster < b.cluster ? -1 : 1)

/** A line for each cluster: `sources of prod: k8s_events 12s ago (1,204 records), …`, for people. */
export const sourcesText = (found: readonly Cluster[] | undefined, now: number): string[] =>
  found === undefined
    ? ['sources: not known (Kafka did not answer in time)']
    : found.map(({ cluster, sources }) => {
        const each = sources.map(
          ({ source, lastSeenAt, count }) =>
            `${plain(source, 60)} ${shortAge(now - lastSeenAt)} ago (${counted(count, 'record')})`,
        )
        return `sources of ${plain(cluster, 100)}: ${each.join(', ')}`
      })
