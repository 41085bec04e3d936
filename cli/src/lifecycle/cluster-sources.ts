import type { Cluster } from '@kubesift/contracts'
import { plain } from '../render/plain.ts'
import { counted, shortAge } from '../render/words.ts'

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
