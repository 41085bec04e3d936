import type { ProgressReport, Signal } from '@kubesift/contracts'
import { GAP_MS } from '@kubesift/core-context'

const MAX_GAPS = 16

type Clusters = ProgressReport['clusters']

interface Seen {
  objectsFrom?: number
  objectsAt?: number
  eventsAt?: number
  objectsArrivedAt?: number
  gaps: [number, number][]
}

/** What one batch tells of a cluster's time. */
interface Noted {
  eventsAt: number
  arrivedAt: number
  /** Times of objects, in order. */
  readonly objects: number[]
}

/** The times in one batch, by cluster. */
export class BatchTimes {
  readonly clusters = new Map<string, Noted>()

  #of(cluster: string): Noted {
    let noted = this.clusters.get(cluster)
    if (noted === undefined) {
      noted = { eventsAt: -Infinity, arrivedAt: -Infinity, objects: [] }
      this.clusters.set(cluster, noted)
    }
    return noted
  }

  event(cluster: string, at: number): void {
    const noted = this.#of(cluster)
    if (at > noted.eventsAt) noted.eventsAt = at
  }

  /** An object of a stream that claims to live has come, by Kafka's time. */
  arrived(cluster: string, at: number): void {
    const noted = this.#of(cluster)
    if (at > noted.arrivedAt) noted.arrivedAt = at
  }

  signal(cluster: string, signal: Signal): void {
    if ('tellings' in signal) for (const { at } of signal.tellings) this.event(cluster, at)
    else if (signal.t === 'object') this.#of(cluster).objects.push(signal.observedAt)
    else this.#of(cluster)
  }
}

const seeObject = (seen: Seen, at: number): void => {
  const before = seen.objectsAt
  if (before !== undefined && at - before > GAP_MS) {
    seen.gaps = [...seen.gaps, [before, at] as [number, number]].slice(-MAX_GAPS)
  }
  seen.objectsFrom ??= at
  seen.objectsAt = Math.max(before ?? -Infinity, at)
}

/**
 * What each raw partition has told of each cluster's time. A batch is noted at once but counts only when it is durable (`settle`):
 * progress must never run ahead of the signals it vouches for.
 */
export class Observed {
  readonly #settled = new Map<number, Map<string, Seen>>()

  /** Notes the times of a batch; the answer makes them count. */
  note(partition: number, times: BatchTimes): () => void {
    return () => {
      let clusters = this.#settled.get(partition)
      if (clusters === undefined) {
        clusters = new Map()
        this.#settled.set(partition, clusters)
      }
      for (const [cluster, { eventsAt, arrivedAt, objects }] of times.clusters) {
        const seen: Seen = clusters.get(cluster) ?? { gaps: [] }
        clusters.set(cluster, seen)
        if (eventsAt > (seen.eventsAt ?? -Infinity)) seen.eventsAt = eventsAt
        if (arrivedAt > (seen.objectsArrivedAt ?? -Infinity)) seen.objectsArrivedAt = arrivedAt
        for (const at of objects) seeObject(seen, at)
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
