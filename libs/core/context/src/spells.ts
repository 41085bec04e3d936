import { formatInstant } from '@kubesift/core-signal'
import type { ProblemRule, Recovery, Spell } from '@kubesift/contracts'
import type { HealthPoint } from './object-fact.ts'
import { begin, extend, resume, type Building, type Happening } from './opening.ts'

/** A stretch in which the owner was well; `to` is Infinity for one that lasts. */
export interface Interval {
  readonly from: number
  readonly to: number
  readonly why: string
}

/** What decides about a spell's end besides its own happenings. */
export interface Surroundings {
  readonly healthy: readonly Interval[]
  /** Instants at which the owner was deleted. */
  readonly deletions: readonly number[]
  /** The owner is known to be unwell now: silence must not resolve it. */
  readonly unwell: boolean
  readonly gaps: readonly (readonly [number, number])[]
  /** What proves a recovery from one problem, where that is not the health of the owner. */
  readonly ofRule?: (rule: ProblemRule) => Pick<Surroundings, 'healthy' | 'unwell'> | undefined
  /** Everything before it is known; null: nothing is. */
  readonly watermark: number | null
}

export interface Spells {
  readonly spells: Spell[]
  /** The watermark at which deciding again may change something. */
  readonly nextDecisionAt: number | null
}

/** Turns versions of an object into the stretches in which it was well; a disturbance (a container that ended badly) breaks a stretch. */
export const healthyIntervals = (
  points: readonly HealthPoint[],
  disturbances: readonly number[],
): Interval[] => {
  const out: Interval[] = []
  let open: { from: number; why: string } | undefined
  for (const point of points) {
    if (point.ok && open === undefined) open = { from: point.at, why: point.why }
    if (!point.ok && open !== undefined) {
      out.push({ ...open, to: Math.max(open.from, point.at) })
      open = undefined
    }
  }
  if (open !== undefined) out.push({ ...open, to: Infinity })
  return [...disturbances]
    .sort((a, b) => a - b)
    .reduce((intervals, at) => intervals.flatMap((i) => split(i, at)), out)
}

const split = (interval: Interval, at: number): Interval[] =>
  at <= interval.from || at >= interval.to
    ? [interval]
    : [
        { ...interval, to: at },
        { ...interval, from: at },
      ]

/**
 * Since when the stream has been alive and silent for a whole time to live after `from`: a gap that begins in it starts the wait anew,
 * since blind is not quiet.
 */
const quietFrom = (from: number, ttl: number, gaps: Surroundings['gaps']): number => {
  let at = from
  for (const [start, end] of gaps.toSorted((a, b) => a[0] - b[0])) {
    if (start >= at + ttl) break
    at = Math.max(at, end)
  }
  return at
}

const ASK_AGAIN_MS = 60_000

interface End {
  readonly recovery: Recovery | null
  /** When the watermark must be asked again, if not ended. */
  readonly askAt: number | null
}

const hours = (ms: number): string =>
  ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${Math.round(ms / 60_000)} min`
const seconds = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : hours(ms))

/** The first stretch of health after `last` that holds through the stability window before `next`. */
const recovered = (last: number, next: number, rule: ProblemRule, around: Surroundings): End => {
  const known = around.watermark ?? -Infinity
  let askAt: number | null = null
  for (const interval of rule.recovery === 'none' ? [] : around.healthy) {
    const at = Math.max(interval.from, last)
    const due = at + rule.stability
    if (at >= interval.to || due > Math.min(interval.to, next)) continue
    if (due <= known) {
      const until = formatInstant(Math.floor(due / 1000) * 1000).slice(11)
      const why = `${interval.why}, stable for ${seconds(rule.stability)} until ${until}`
      return { recovery: { at, by: 'recovered', why }, askAt: null }
    }
    askAt = askAt === null ? due : Math.min(askAt, due)
  }
  return { recovery: null, askAt }
}

/** Whether the owner was seen to be well after `at` and before `until`: what silence had ended by then stays ended, whatever comes. */
const wasWell = (at: number, until: number, { healthy }: Surroundings): boolean =>
  healthy.some(({ from, to }) => to > at && from < until)

/** Silence that lasted a whole time to live while the stream was alive; never while the owner is known to be unwell. */
const silenced = (last: number, next: number, rule: ProblemRule, around: Surroundings): End => {
  const at =
    quietFrom(
      last,
      rule.ttl,
      around.gaps.filter(([, end]) => end <= next),
    ) + rule.ttl
  if (at === Infinity && around.unwell && next === Infinity) return { recovery: null, askAt: null }
  // Nothing is heard now, so the wait has not begun: it is asked again when that may be over.
  if (at === Infinity) return { recovery: null, askAt: (around.watermark ?? last) + ASK_AGAIN_MS }
  if (at > next) return { recovery: null, askAt: null }
  if (around.unwell && next === Infinity && !wasWell(at, next, around))
    return { recovery: null, askAt: null }
  if (at > (around.watermark ?? -Infinity)) return { recovery: null, askAt: at }
  const why = `no occurrence for ${hours(rule.ttl)} while the stream was alive (time to live)`
  return { recovery: { at, by: 'ttl', why }, askAt: null }
}

/**
 * Whether a stretch of activity that was last active at `last`, and is active again at `next` (Infinity: not so far), had ended in
 * between; the earliest end counts.
 */
const endAfter = (last: number, next: number, rule: ProblemRule, around: Surroundings): End => {
  // An event may be dated up to a second after the deletion that it preceded (whole seconds).
  const deleted = Math.min(...around.deletions.filter((at) => at >= last - 1000 && at < next))
  const byHealth = recovered(last, Math.min(next, deleted), rule, around)
  if (byHealth.recovery !== null) return byHealth
  if (deleted !== Infinity) {
    const at = Math.max(deleted, last)
    // Of an owner that was well the whole time to live had passed before it was deleted, whether or not anybody asked then.
    const bySilence = silenced(last, at, rule, { ...around, unwell: false })
    const { recovery, askAt } = bySilence
    if (recovery !== null && wasWell(recovery.at, at, around))
      return { recovery, askAt: byHealth.askAt }
    // The end of an episode is decided by time, like every end: something earlier may still be on its way, and health may end it sooner.
    if (at > (around.watermark ?? -Infinity))
      return { recovery: null, askAt: Math.min(at, byHealth.askAt ?? Infinity, askAt ?? Infinity) }
    return { recovery: { at, by: 'owner_deleted', why: 'the owner was deleted' }, askAt: null }
  }
  const bySilence = silenced(last, next, rule, around)
  const asks = [byHealth.askAt, bySilence.askAt].filter((at) => at !== null)
  return { recovery: bySilence.recovery, askAt: asks.length === 0 ? null : Math.min(...asks) }
}

/** Whether {@link endAfter} can find an end at all, told from the distance alone: in a storm most happenings follow closely. */
const mayHaveEnded = (
  last: number,
  next: number,
  rule: ProblemRule,
  around: Surroundings,
): boolean => around.deletions.length > 0 || next - last >= Math.min(rule.stability, rule.ttl)

/** Spells of which is known more than the happenings tell. */
export interface Known {
  readonly frozen?: readonly Spell[] | undefined
  readonly underway?: Spell | undefined
}

/** The spells that are frozen, with what happened in them; late or not, it falls into one of them. */
const countedInto = (
  frozen: readonly Spell[],
  sorted: readonly Happening[],
  boundary: number,
): Spell[] => {
  const done = frozen.map((spell) => ({ ...spell, count: 0 }))
  for (const happening of sorted) {
    if (happening.at > boundary) break
    const home =
      done.find((spell) => happening.at <= (spell.recovery?.at ?? Infinity)) ?? done.at(-1)
    if (home !== undefined) home.count += happening.add
  }
  return done
}

const resumed = ({ frozen = [], underway }: Known): Building | undefined =>
  underway === undefined || frozen.some(({ from }) => from === underway.from)
    ? undefined
    : resume(underway)

/**
 * Cuts a timeline into spells. `frozen` are spells that the watermark has already ended: they keep their boundaries whatever comes late;
 * a happening before the last such boundary adds to the count of the spell it falls into and nothing else. `underway` had begun before
 * the first of these happenings and goes on, unless it is among the frozen ones.
 */
export const spellsOf = (
  happenings: readonly Happening[],
  rule: ProblemRule,
  around: Surroundings,
  known: Known = {},
): Spells => {
  const sorted = happenings.toSorted((a, b) => a.at - b.at)
  const { frozen = [] } = known
  const boundary = frozen.at(-1)?.recovery?.at ?? -Infinity
  const spells = countedInto(frozen, sorted, boundary)
  let open = resumed(known)
  let nextDecisionAt: number | null = null
  const decide = (spell: Building, next: number): Recovery | null => {
    const { recovery, askAt } = endAfter(spell.to, next, rule, around)
    if (askAt !== null) nextDecisionAt = Math.min(nextDecisionAt ?? Infinity, askAt)
    return recovery
  }
  for (const happening of sorted) {
    if (happening.at <= boundary) continue
    if (happening.passive === true) {
      const home = open ?? spells.at(-1)
      if (home !== undefined) home.count += happening.add
      continue
    }
    if (open !== undefined && mayHaveEnded(open.to, happening.at, rule, around)) {
      const recovery = decide(open, happening.at)
      if (recovery !== null && recovery.at < happening.at) {
        spells.push({
          from: open.from,
          to: open.to,
          openedAt: open.openedAt,
          count: open.count,
          recovery,
        })
        open = undefined
      }
    }
    open ??= begin(happening.at)
    extend(open, happening, rule)
  }
  if (open === undefined) return { spells, nextDecisionAt }
  const recovery = decide(open, Infinity)
  spells.push({
    from: open.from,
    to: open.to,
    openedAt: open.openedAt,
    count: open.count,
    recovery,
  })
  return { spells, nextDecisionAt }
}
