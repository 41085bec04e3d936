import { parseJson, type ProgressReport, type Signal } from '@kubesift/contracts'
import { GAP_MS, isCanary } from '@kubesift/core-context'
import { compact, type SourceKind } from '@kubesift/core-signal'
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
    canaryAt: instant.optional(),
  }),
)

type Clusters = ProgressReport['clusters']

/** What was read of one kind of source. */
interface SourceSeen {
  firstAt: number
  lastAt: number
  count: number
}

const newestOf = ({ objectsAt, eventsAt }: Clusters[string]): number =>
  Math.max(objectsAt ?? -Infinity, eventsAt ?? -Infinity)

/** A stream that always says something while it lives. */
interface StreamSeen {
  from?: number
  at?: number
  gaps: [number, number][]
}

interface Seen {
  readonly objects: StreamSeen
  readonly canary: StreamSeen
  eventsAt?: number
  objectsArrivedAt?: number
  readonly sources: Map<SourceKind, SourceSeen>
  /** The first offset that this reader read. */
  from?: number
}

/** What one batch tells of a cluster's time. */
interface Noted {
  eventsAt: number
  arrivedAt: number
  /** Times of objects, in order; and of the canary's Events. */
  readonly objects: number[]
  readonly canary: number[]
  readonly sources: Map<SourceKind, SourceSeen>
}

/** The times in one batch, by cluster. */
export class BatchTimes {
  readonly clusters = new Map<string, Noted>()
  /** The cluster that was asked for last: nearly always it is the next one too. */
  #last: readonly [cluster: string, noted: Noted] | undefined

  #of(cluster: string): Noted {
    if (this.#last?.[0] === cluster) return this.#last[1]
    const noted = this.#find(cluster)
    this.#last = [cluster, noted]
    return noted
  }

  #find(cluster: string): Noted {
    let noted = this.clusters.get(cluster)
    if (noted === undefined) {
      noted = {
        eventsAt: -Infinity,
        arrivedAt: -Infinity,
        objects: [],
        canary: [],
        sources: new Map(),
      }
      this.clusters.set(cluster, noted)
    }
    return noted
  }

  event(cluster: string, at: number): void {
    const noted = this.#of(cluster)
    if (at > noted.eventsAt) noted.eventsAt = at
  }

  /** So many records of a source have come, by Kafka's time. */
  source(cluster: string, kind: SourceKind, at: number, count = 1): void {
    seeSource(this.#of(cluster).sources, kind, { firstAt: at, lastAt: at, count })
  }

  /** An object of a stream that claims to live has come, by Kafka's time. */
  arrived(cluster: string, at: number): void {
    const noted = this.#of(cluster)
    if (at > noted.arrivedAt) noted.arrivedAt = at
  }

  /** Records by kind of source, whatever the cluster. */
  sources(): ReadonlyMap<SourceKind, number> {
    const sums = new Map<SourceKind, number>()
    for (const { sources } of this.clusters.values())
      for (const [kind, { count }] of sources) sums.set(kind, (sums.get(kind) ?? 0) + count)
    return sums
  }

  signal(cluster: string, signal: Signal): void {
    if ('tellings' in signal) {
      for (const { at } of signal.tellings) this.event(cluster, at)
      if (isCanary(signal))
        this.#of(cluster).canary.push(...signal.tellings.map(({ at }) => at).sort((a, b) => a - b))
    } else if (signal.t === 'object') this.#of(cluster).objects.push(signal.observedAt)
    else if (signal.t === 'alert') this.event(cluster, signal.toldAt)
    else this.#of(cluster)
  }
}

const seeSource = (
  sources: Map<SourceKind, SourceSeen>,
  kind: SourceKind,
  now: SourceSeen,
): void => {
  const seen = sources.get(kind)
  if (seen === undefined) {
    sources.set(kind, { ...now })
    return
  }
  seen.firstAt = Math.min(seen.firstAt, now.firstAt)
  seen.lastAt = Math.max(seen.lastAt, now.lastAt)
  seen.count += now.count
}

const seeStream = (seen: StreamSeen, at: number): void => {
  const before = seen.at
  if (before !== undefined && at - before > GAP_MS) {
    seen.gaps = [...seen.gaps, [before, at] as [number, number]].slice(-MAX_GAPS)
  }
  seen.from ??= at
  seen.at = Math.max(before ?? -Infinity, at)
}

const toldOf = ({ objects, canary, eventsAt, objectsArrivedAt }: Seen): Clusters[string] =>
  compact({
    objectsFrom: objects.from,
    objectsAt: objects.at,
    gaps: objects.gaps.length === 0 ? undefined : [...objects.gaps],
    canaryFrom: canary.from,
    canaryAt: canary.at,
    canaryGaps: canary.gaps.length === 0 ? undefined : [...canary.gaps],
    eventsAt,
    objectsArrivedAt,
  })

/**
 * What each raw partition has told of each cluster's time. A batch is noted at once but counts only when it is durable (`settle`):
 * progress must never run ahead of the signals it vouches for.
 */
export class Observed {
  readonly #settled = new Map<number, Map<string, Seen>>()

  /** Notes the times of a batch; the answer makes them count. */
  note(partition: number, times: BatchTimes, firstOffset = 0): () => void {
    return () => {
      let clusters = this.#settled.get(partition)
      if (clusters === undefined) {
        clusters = new Map()
        this.#settled.set(partition, clusters)
      }
      for (const [cluster, { eventsAt, arrivedAt, objects, canary, sources }] of times.clusters) {
        const seen: Seen = clusters.get(cluster) ?? {
          objects: { gaps: [] },
          canary: { gaps: [] },
          sources: new Map(),
        }
        seen.from ??= firstOffset
        clusters.set(cluster, seen)
        if (eventsAt > (seen.eventsAt ?? -Infinity)) seen.eventsAt = eventsAt
        if (arrivedAt > (seen.objectsArrivedAt ?? -Infinity)) seen.objectsArrivedAt = arrivedAt
        for (const at of objects) seeStream(seen.objects, at)
        for (const at of canary) seeStream(seen.canary, at)
        for (const [kind, now] of sources) seeSource(seen.sources, kind, now)
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
      .map(([cluster, { eventsAt, objectsAt, objectsArrivedAt, canaryAt }]) => {
        return [cluster, compact({ eventsAt, objectsAt, objectsArrivedAt, canaryAt })] as const
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
          {
            ...compact({ eventsAt: told.eventsAt, objectsArrivedAt: told.objectsArrivedAt }),
            objects: { ...compact({ at: told.objectsAt }), gaps: [] },
            canary: { ...compact({ at: told.canaryAt }), gaps: [] },
            sources: new Map(),
          },
        ]),
      ),
    )
  }

  forget(partitions: readonly number[]): void {
    for (const partition of partitions) this.#settled.delete(partition)
  }

  of(partition: number): Clusters {
    const clusters = [...(this.#settled.get(partition) ?? [])].map(([cluster, seen]) => [
      cluster,
      {
        ...toldOf(seen),
        ...(seen.sources.size === 0
          ? {}
          : { sources: Object.fromEntries(seen.sources), sourcesFrom: seen.from ?? 0 }),
      },
    ])
    return Object.fromEntries(clusters) as Clusters
  }
}
