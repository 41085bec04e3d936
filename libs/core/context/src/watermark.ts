import type { ClusterSources } from './cluster-sources.ts'
import type { Progress, ProgressReport, Spell } from '@kubesift/contracts'
import { blindSpells, HEARD_AGAIN, SEEN_AGAIN, type Blindness } from './blindness.ts'
import { DEAF_MS } from './canary.ts'
import { deafnessOf, unheard } from './deafness.ts'
import {
  canaryTold,
  commonSilences,
  GAP_MS,
  objectsTold,
  silencesAfter,
  silencesOf,
  type Interval,
  type Silences,
} from './silences.ts'

/** How long a record may be late: 64 s was the most seen (facts.md), twice that is allowed. */
export const ALLOWED_LATENESS_MS = 120_000

type Report = Pick<ProgressReport, 'caughtUp' | 'asOf' | 'clusters'> &
  Pick<Progress, 'partitions' | 'writtenAt'>

interface Source {
  readonly last: Report
  /** The reports before it, newest first. */
  readonly earlier: readonly Report[]
}

/**
 * A report that is older than the last by more than this was written after its writer's clock was set back: what was told before it
 * must not vouch until the clock is there again. Should it be one that was long on its way, what it says was true all the same.
 */
const SET_BACK_MS = 60_000

/** Reports come every second or so, ends are asked for every few seconds. */
const EARLIER = 8

/** The progress of every raw partition, as far as one partition of `signals` has told. Plain data: it is stored with the state. */
export interface Clock {
  readonly sources: Readonly<Record<string, Source>>
  /** Per raw partition, what its readers, one after the other, have told of the silences of each cluster: a reader forgets them when it ends. */
  readonly silences?: Readonly<Record<string, Silences>>
  /** Per cluster the furthest watermark so far: it never goes back. */
  readonly reached: Readonly<Record<string, number>>
  /** The same of the canary of its Events, where there is one. */
  readonly canaries?: Readonly<Record<string, Silences>>
  /** Per cluster the times in which it was not seen. */
  readonly blind?: Readonly<Record<string, readonly Spell[]>>
  /** Per cluster the times in which its Events were not heard. */
  readonly deaf?: Readonly<Record<string, readonly Spell[]>>
  /** Per cluster that is at home in this partition the sources that have told of it. */
  readonly seen?: ClusterSources
}

export const NO_CLOCK: Clock = { sources: {}, reached: {} }

const observedOf = (report: Report, cluster: string): number | undefined =>
  report.clusters[cluster]?.objectsAt ?? report.clusters[cluster]?.eventsAt

/** A cluster may be called `constructor`: only what was written counts. */
const told = (reached: Clock['reached'], cluster: string): number | undefined =>
  Object.hasOwn(reached, cluster) ? reached[cluster] : undefined

const isOlder = (writtenAt: number, last: Report): boolean =>
  writtenAt <= last.writtenAt && last.writtenAt - writtenAt < SET_BACK_MS

/** The last report that was written no later than `at`. */
const reportAt = (source: Source, at: number): Report | undefined =>
  [source.last, ...source.earlier].find((report) => report.writtenAt <= at)

/**
 * The watermark of a cluster: everything observed before it has been read. A partition that is read to its end holds nobody back, but
 * vouches only for what the others had reported by then; one that is not holds back to its own newest time; one that has not spoken holds
 * everybody back. `undefined`: nothing can be said yet.
 */
const candidate = (sources: readonly Source[], cluster: string): number | undefined => {
  const partitions = Math.max(0, ...sources.map((s) => s.last.partitions))
  if (sources.length === 0 || sources.length < partitions) return undefined
  const vouchedAt = Math.min(...sources.filter((s) => s.last.caughtUp).map((s) => s.last.asOf))
  const seen = sources
    .map((s) => reportAt(s, vouchedAt))
    .map((report) => (report === undefined ? undefined : observedOf(report, cluster)))
    .filter((at) => at !== undefined)
  if (seen.length === 0) return undefined
  let least = Math.max(...seen)
  for (const { last } of sources) {
    if (last.caughtUp) continue
    const own = observedOf(last, cluster)
    if (own === undefined) return undefined
    least = Math.min(least, own)
  }
  return least
}

/** A report without what is no matter of time: reports are kept nine times over. */
const timesOf = (clusters: Report['clusters']): Report['clusters'] =>
  Object.fromEntries(
    Object.entries(clusters).map(([cluster, told]) => {
      const times = Object.entries(told).filter(([name]) => !name.startsWith('sources'))
      return [cluster, Object.fromEntries(times)]
    }),
  )

/**
 * Takes in one progress record; returns the clock after it. Records of one reader arrive in order; an older report of a partition
 * changes nothing.
 */
export const advance = (
  clock: Clock,
  progress: Progress,
  latenessMs: number = ALLOWED_LATENESS_MS,
  blindMs: number = GAP_MS,
): Clock => {
  const { topic, partitions, writtenAt } = progress
  const sources: Record<string, Source> = { ...clock.sources }
  const silences: Record<string, Silences> = { ...clock.silences }
  const canaries: Record<string, Silences> = { ...clock.canaries }
  for (const { partition, caughtUp, asOf, clusters } of progress.reports) {
    const id = `${topic}/${partition}`
    const known = sources[id]
    if (known !== undefined && isOlder(writtenAt, known.last)) continue
    silences[id] = silencesAfter(silences[id] ?? {}, clusters, objectsTold)
    const canary = silencesAfter(canaries[id] ?? {}, clusters, canaryTold)
    if (Object.keys(canary).length > 0) canaries[id] = canary
    sources[id] = {
      last: { caughtUp, asOf, partitions, clusters: timesOf(clusters), writtenAt },
      earlier: known === undefined ? [] : [known.last, ...known.earlier].slice(0, EARLIER),
    }
  }
  const reached: Record<string, number> = { ...clock.reached }
  const list = Object.values(sources)
  for (const cluster of new Set(list.flatMap((s) => Object.keys(s.last.clusters)))) {
    const at = candidate(list, cluster)
    if (at !== undefined)
      reached[cluster] = Math.max(told(reached, cluster) ?? -Infinity, at - latenessMs)
  }
  const { seen } = clock
  const next: Clock = {
    sources,
    silences,
    ...(Object.keys(canaries).length === 0 ? {} : { canaries }),
    reached,
    ...(seen === undefined ? {} : { seen }),
  }
  return { ...next, ...spellsAfter(clock, next, blindMs) }
}

/** When each cluster was not seen, and when its Events were not heard. */
const spellsAfter = (before: Clock, now: Clock, blindMs: number): Pick<Clock, 'blind' | 'deaf'> => {
  const blind = { ...before.blind }
  const deaf = { ...before.deaf }
  for (const cluster of clustersOf(now)) {
    const seen = blindnessOf(now, cluster, blindMs)
    if (seen !== undefined) {
      const spells = blindSpells(spellsOf(blind, cluster), seen, blindMs, SEEN_AGAIN)
      if (spells.length > 0) blind[cluster] = spells
    }
    const heard = deafnessOf(
      silencesOf(now.canaries, cluster),
      objectGapsOf(now, cluster),
      watermarkOf(now, cluster),
    )
    if (heard !== undefined) {
      const spells = blindSpells(spellsOf(deaf, cluster), heard, DEAF_MS, HEARD_AGAIN)
      if (spells.length > 0) deaf[cluster] = spells
    }
  }
  return {
    ...(Object.keys(blind).length === 0 ? {} : { blind }),
    ...(Object.keys(deaf).length === 0 ? {} : { deaf }),
  }
}

const clustersOf = ({ silences = {}, canaries = {} }: Clock): Set<string> =>
  new Set([...Object.values(silences), ...Object.values(canaries)].flatMap((of) => Object.keys(of)))

/** One and the same, so that what has not changed is the same too. */
const NO_SPELLS: readonly Spell[] = []

const spellsOf = (blind: Clock['blind'] & object, cluster: string): readonly Spell[] =>
  Object.hasOwn(blind, cluster) ? (blind[cluster] ?? NO_SPELLS) : NO_SPELLS

/** The times in which a cluster was not seen, as far as it claims to be alive. */
export const blindSpellsOf = (clock: Clock, cluster: string): readonly Spell[] =>
  spellsOf(clock.blind ?? {}, cluster)

/** The times in which the Events of a cluster were not heard, as far as it has a canary. */
export const deafSpellsOf = (clock: Clock, cluster: string): readonly Spell[] =>
  spellsOf(clock.deaf ?? {}, cluster)

/** The partition of `signals` that decides for a cluster as a whole, as readers tell; undefined while none has. */
export const homeOf = (clock: Clock, cluster: string): number | undefined => {
  for (const { last } of Object.values(clock.sources)) {
    const told = Object.hasOwn(last.clusters, cluster) ? last.clusters[cluster] : undefined
    if (told?.home !== undefined) return told.home
  }
  return undefined
}

export const watermarkOf = (clock: Clock, cluster: string): number | null =>
  told(clock.reached, cluster) ?? null

/** Silences of the object stream: one counts from when the watermark has passed its beginning, for what is not read may still break it. */
const objectGapsOf = (clock: Clock, cluster: string): Interval[] => {
  const watermark = watermarkOf(clock, cluster)
  return commonSilences(silencesOf(clock.silences, cluster)).filter(
    ([from, to]) => to !== Infinity && to - from > GAP_MS && watermark !== null && from < watermark,
  )
}

/**
 * The times in which something of a cluster may be missing: silences of its objects, and of its Events where a canary tells of them. The
 * last one may go on; it ends at `Infinity` then.
 */
export const gapsOf = (clock: Clock, cluster: string): Interval[] => [
  ...objectGapsOf(clock, cluster),
  ...unheard(silencesOf(clock.canaries, cluster), watermarkOf(clock, cluster)),
]

/**
 * Whether a cluster is seen. The only decision that reads wall clocks, and it reads them from the record: when each partition was last
 * asked for its end, against when an object of the cluster last came. What is not read to its end says nothing.
 */
const blindnessOf = (clock: Clock, cluster: string, blindMs: number): Blindness | undefined => {
  const silences = silencesOf(clock.silences, cluster)
  const arrivals = silences.flatMap(({ arrivedAt }) => arrivedAt ?? [])
  if (arrivals.length === 0) return undefined
  const seen = {
    gaps: objectGapsOf(clock, cluster),
    newest: Math.max(...silences.map(({ objectsAt }) => objectsAt)),
  }
  const sources = Object.values(clock.sources)
  const partitions = Math.max(...sources.map(({ last }) => last.partitions))
  if (sources.length < partitions || sources.some(({ last }) => !last.caughtUp))
    return { ...seen, since: null }
  const askedAt = Math.min(...sources.map(({ last }) => last.asOf))
  const silent = askedAt - Math.max(...arrivals) > blindMs
  return { ...seen, since: silent ? seen.newest : null }
}
