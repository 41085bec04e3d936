import { parseJson, type ProgressReport, type Signal } from '@kubesift/contracts'
import { GAP_MS } from '@kubesift/core-context'
import { compact } from '@kubesift/core-signal'
import { z } from 'zod'

const MAX_GAPS = 16

/** Kafka keeps 4,096 bytes beside an offset; names may take more than one byte a character. */
const NOTE_MAX = 1_300

const instant = z.number()
const notedSchema = z.record(
  z.string(),
  z.object({
    objectsAt: instant.optional(),
    eventsAt: instant.optional(),
    objectsArrivedAt: instant.optional(),
  }),
)

type Clusters = ProgressReport['clusters']

const newestOf = ({ objectsAt, eventsAt }: Clusters[string]): number =>
  Math.max(objectsAt ?? -Infinity, eventsAt ?? -Infinity)

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

  /**
   * What the next reader of the partition has to know, to be committed with the offset: a reader that ends without having told its
   * progress would take the times with it, and the watermark would stand still until the cluster speaks again. Bounded: those that have
   * spoken last come first.
   */
  noteOf(partition: number): string {
    const clusters = Object.entries(this.of(partition))
      .map(([cluster, { eventsAt, objectsAt, objectsArrivedAt }]) => {
        return [cluster, compact({ eventsAt, objectsAt, objectsArrivedAt })] as const
      })
      .sort(([, a], [, b]) => newestOf(b) - newestOf(a))
    let note = JSON.stringify(Object.fromEntries(clusters))
    while (note.length > NOTE_MAX && clusters.length > 0) {
      clusters.length = Math.floor(clusters.length / 2)
      note = JSON.stringify(Object.fromEntries(clusters))
    }
    return note
  }

  /** Takes up what the former reader has noted; a note that cannot be read is as good as none. */
  recall(partition: number, note: string | undefined): void {
    const read = note === undefined ? undefined : parseJson(notedSchema, note)
    if (read?.ok !== true) return
    this.#settled.set(
      partition,
      new Map(
        Object.entries(read.value).map(([cluster, told]) => [
          cluster,
          { ...compact(told), gaps: [] },
        ]),
      ),
    )
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
