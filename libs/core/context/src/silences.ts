import type { ProgressReport } from '@kubesift/contracts'

/** A silence of the object stream longer than this is a gap; Nodes report at least every 5 min (kubelet, nodeStatusReportFrequency). */
export const GAP_MS = 6 * 60_000
const MAX_GAPS = 16

export type Interval = [number, number]

/** What one raw partition has told of one stream of a cluster. */
export interface Silence {
  /** Time of the newest object, or of the newest Event of the canary. */
  readonly objectsAt: number
  /** Wall clock; absent where the stream claims no liveness. */
  readonly arrivedAt?: number
  readonly gaps: readonly Interval[]
}

/** By cluster. */
export type Silences = Readonly<Record<string, Silence>>

/** What one report says of a stream. */
interface ToldStream {
  readonly from: number | undefined
  readonly at: number | undefined
  readonly arrivedAt?: number | undefined
  readonly gaps: readonly Interval[] | undefined
}

type Told = ProgressReport['clusters'][string]

export const objectsTold = (told: Told): ToldStream => ({
  from: told.objectsFrom,
  at: told.objectsAt,
  arrivedAt: told.objectsArrivedAt,
  gaps: told.gaps,
})

export const canaryTold = (told: Told): ToldStream => ({
  from: told.canaryFrom,
  at: told.canaryAt,
  gaps: told.canaryGaps,
})

/** A new reader begins with nothing: what lies between its first object and its predecessor's last was silence all the same. */
const betweenReaders = (before: Silence | undefined, { from }: ToldStream): Interval[] => {
  if (before === undefined || from === undefined) return []
  return from - before.objectsAt > GAP_MS ? [[before.objectsAt, from]] : []
}

const silenceAfter = (before: Silence | undefined, told: ToldStream): Silence | undefined => {
  if (told.at === undefined) return before
  const all = [...(before?.gaps ?? []), ...betweenReaders(before, told), ...(told.gaps ?? [])]
  const gaps = new Map(all.map(([from, to]) => [`${from}-${to}`, [from, to] as Interval]))
  const arrivals = [before?.arrivedAt, told.arrivedAt].filter((at) => at !== undefined)
  return {
    objectsAt: Math.max(before?.objectsAt ?? -Infinity, told.at),
    ...(arrivals.length === 0 ? {} : { arrivedAt: Math.max(...arrivals) }),
    gaps: [...gaps.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(-MAX_GAPS),
  }
}

/** What a raw partition has told of a stream after one more report. */
export const silencesAfter = (
  before: Silences,
  clusters: ProgressReport['clusters'],
  streamOf: (told: Told) => ToldStream,
): Silences => {
  const known = new Map(Object.entries(before))
  for (const [cluster, told] of Object.entries(clusters)) {
    const silence = silenceAfter(known.get(cluster), streamOf(told))
    if (silence !== undefined) known.set(cluster, silence)
  }
  return Object.fromEntries(known)
}

/** What the raw partitions have told of one cluster. A cluster may be called `constructor`: only what was written counts. */
export const silencesOf = (
  all: Readonly<Record<string, Silences>> | undefined,
  cluster: string,
): Silence[] =>
  Object.values(all ?? {}).flatMap((silences) =>
    Object.hasOwn(silences, cluster) ? [silences[cluster]!] : [],
  )

const intersect = (a: readonly Interval[], b: readonly Interval[]): Interval[] =>
  a.flatMap(([from, to]) =>
    b.flatMap(([f, t]): Interval[] => {
      const [start, end] = [Math.max(from, f), Math.min(to, t)]
      return start < end ? [[start, end]] : []
    }),
  )

/**
 * The silences that every partition which carries the stream agrees on; the last one may go on (`Infinity`). A partition that waits for
 * its turn is silent as well.
 */
export const commonSilences = (told: readonly Silence[]): Interval[] =>
  told.length === 0
    ? []
    : told
        .map(({ gaps, objectsAt }): Interval[] => [...gaps, [objectsAt, Infinity]])
        .reduce(intersect)
