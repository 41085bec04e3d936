import type { ProgressReport, Signal } from '@kubesift/contracts'
import { GAP_MS } from '@kubesift/core-context'

const MAX_GAPS = 16

type Clusters = ProgressReport['clusters']

interface Seen {
  objectsFrom?: number
  objectsAt?: number
  eventsAt?: number
  gaps: [number, number][]
}

const see = (seen: Seen, signal: Signal): void => {
  if (signal.t === 'event') {
    seen.eventsAt = Math.max(seen.eventsAt ?? -Infinity, signal.lastAt)
    return
  }
  if (signal.t !== 'object') return
  const before = seen.objectsAt
  if (before !== undefined && signal.observedAt - before > GAP_MS) {
    seen.gaps = [...seen.gaps, [before, signal.observedAt] as [number, number]].slice(-MAX_GAPS)
  }
  seen.objectsFrom ??= signal.observedAt
  seen.objectsAt = Math.max(before ?? -Infinity, signal.observedAt)
}

/**
 * What each raw partition has told of each cluster's time. A batch is noted at once but counts only when it is durable (`settle`):
 * progress must never run ahead of the signals it vouches for.
 */
export class Observed {
  readonly #settled = new Map<number, Map<string, Seen>>()

  /** Notes the signals of a batch; the answer makes them count. */
  note(
    partition: number,
    signals: readonly (readonly [cluster: string, signal: Signal])[],
  ): () => void {
    return () => {
      let clusters = this.#settled.get(partition)
      if (clusters === undefined) {
        clusters = new Map()
        this.#settled.set(partition, clusters)
      }
      for (const [cluster, signal] of signals) {
        const seen = clusters.get(cluster) ?? { gaps: [] }
        clusters.set(cluster, seen)
        see(seen, signal)
      }
    }
  }

  forget(partitions: readonly number[]): void {
    for (const partition of partitions) this.#settled.delete(partition)
  }

  of(partition: number): Clusters {
    const clusters = [...(this.#settled.get(partition) ?? [])].map(
      ([cluster, { gaps, ...times }]) => [
        cluster,
        { ...times, ...(gaps.length === 0 ? {} : { gaps: [...gaps] }) },
      ],
    )
    return Object.fromEntries(clusters) as Clusters
  }
}
