import type { Blindness } from './blindness.ts'
import { DEAF_MS } from './canary.ts'
import { commonSilences, type Interval, type Silence } from './silences.ts'

/** From when on a silence of the canary means something: while nothing of the cluster arrived, its canary could not be heard either. */
const heardFrom = ([from, to]: Interval, objectGaps: readonly Interval[]): number =>
  Math.max(from, ...objectGaps.filter(([, end]) => end > from && end <= to).map(([, end]) => end))

/**
 * Whether the Events of a cluster are heard, as far as a canary tells: in event time alone, by how far the watermark has gone past its
 * newest Event, so that a replay decides as the first time. Undefined: there was never a canary, and nothing is proven.
 */
export const deafnessOf = (
  canaries: readonly Silence[],
  objectGaps: readonly Interval[],
  watermark: number | null,
): Blindness | undefined => {
  if (canaries.length === 0 || watermark === null) return undefined
  const silences = commonSilences(canaries)
  const gaps = silences
    .filter(([from, to]) => to !== Infinity && from < watermark)
    .map((silence): Interval => [heardFrom(silence, objectGaps), silence[1]])
    .filter(([from, to]) => to - from > DEAF_MS)
  const newest = Math.max(...canaries.map(({ objectsAt }) => objectsAt))
  const since = heardFrom([newest, Infinity], objectGaps)
  return { gaps, newest, since: watermark - since > DEAF_MS ? since : null }
}

/** The times in which Events may be missing: closed silences of the canary, and the one that goes on (`Infinity`). */
export const unheard = (canaries: readonly Silence[], watermark: number | null): Interval[] => {
  if (watermark === null) return []
  return commonSilences(canaries).filter(([from, to]) =>
    to === Infinity ? watermark - from > DEAF_MS : to - from > DEAF_MS && from < watermark,
  )
}
