import type { Cluster, Progress } from '@kubesift/contracts'

interface Seen {
  readonly firstAt: number
  readonly lastAt: number
  readonly count: number
}
type Sources = Readonly<Record<string, Seen>>

/** What the readers of one raw partition, one after the other, have told of a cluster. */
interface Told {
  /** Where the present reader began. */
  readonly from: number
  /** What those before it read. */
  readonly before: Sources
  readonly now: Sources
}

/** Cluster → raw partition → what was told. Plain data: it is stored with the clock. */
export type ClusterSources = Readonly<Record<string, Readonly<Record<string, Told>>>>

const NONE: Sources = {}

const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined

const combined = (
  a: Sources,
  b: Sources,
  count: (x: number, y: number) => number,
): Record<string, Seen> =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((kind) => {
      const [x, y] = [own(a, kind), own(b, kind)]
      if (x === undefined || y === undefined) return [kind, (x ?? y)!]
      return [
        kind,
        {
          firstAt: Math.min(x.firstAt, y.firstAt),
          lastAt: Math.max(x.lastAt, y.lastAt),
          count: count(x.count, y.count),
        },
      ]
    }),
  )

const sum = (x: number, y: number): number => x + y

/** One reader tells ever more; another one, who began elsewhere, begins anew beside what was. */
const toldAfter = (known: Told | undefined, from: number, now: Sources): Told => {
  if (known === undefined) return { from, before: NONE, now }
  return known.from === from
    ? { ...known, now: combined(known.now, now, Math.max) }
    : { from, before: combined(known.before, known.now, sum), now }
}

/** Takes in what a progress record tells of sources, of those clusters for which `isHome` says that it is kept here. */
export const sourcesAfter = (
  known: ClusterSources,
  { topic, reports }: Pick<Progress, 'topic' | 'reports'>,
  isHome: (home: number | undefined) => boolean,
): ClusterSources => {
  let after = known
  for (const { partition, clusters } of reports) {
    const raw = `${topic}/${partition}`
    for (const [cluster, { sources, sourcesFrom = 0, home }] of Object.entries(clusters)) {
      if (sources === undefined || !isHome(home)) continue
      const of = own(after, cluster)
      const told = toldAfter(own(of, raw), sourcesFrom, sources)
      after = { ...after, [cluster]: { ...of, [raw]: told } }
    }
  }
  return after
}

/** The sources of a cluster, over all raw partitions, by name. */
export const sourcesOf = (known: ClusterSources, cluster: string): Cluster['sources'] => {
  const all = Object.values(own(known, cluster) ?? {})
    .flatMap(({ before, now }) => [before, now])
    .reduce<Sources>((a, b) => combined(a, b, sum), NONE)
  return Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, { firstAt, lastAt, count }]) => ({
      source,
      firstSeenAt: firstAt,
      lastSeenAt: lastAt,
      count,
    }))
}
