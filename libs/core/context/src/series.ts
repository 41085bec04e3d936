import { own } from './earlier.ts'
import type { EventFact, Step } from './event-fact.ts'

/**
 * An Event expires (an hour after its last repeat, by default), and its recorder makes it anew at the next one: under another UID, and with
 * a count that goes on. So the UIDs of one series are one count: each adds what it counts beyond those before it. Of one instant in
 * nanoseconds nobody can begin to count again; a lower count under another UID is a copy of what was (a backup that was restored), and
 * adds nothing.
 */
export interface SeriesOf {
  /** Whether more than one UID may be of it. */
  readonly isShared: (series: string) => boolean
  /** How far series had counted in what is retired. */
  readonly counted?: Readonly<Record<string, Step>> | undefined
}

/** So many series are remembered of an owner whose facts are retired: the newest. */
const MAX_COUNTED = 64

/** What the API server knows its Events by, within a namespace. */
const keyOf = ({ involved, series }: EventFact): string | undefined =>
  series === undefined ? undefined : `${involved.name}.${series}`

const grouped = (
  facts: readonly EventFact[],
  isAsked: (series: string, key: string) => boolean,
): Map<string, EventFact[]> => {
  const groups = new Map<string, EventFact[]>()
  for (const fact of facts) {
    const key = keyOf(fact)
    if (key === undefined || !isAsked(fact.series!, key)) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [fact])
    else group.push(fact)
  }
  return groups
}

/** Of a series of which no source tells the count, each UID stands for one occurrence at least. */
const isCounted = (group: readonly EventFact[]): boolean => group.some(({ counted }) => counted)

const byCount = (a: EventFact, b: EventFact): number =>
  a.top.n - b.top.n || a.top.at - b.top.at || (a.uid < b.uid ? -1 : 1)

/** When this one of its series began: when it was made. */
export const beganAt = ({ madeAt, firstAt }: EventFact): number => madeAt ?? firstAt

/** What a fact tells beyond what its series had counted before it; undefined: nothing. */
const beyond = (fact: EventFact, { n: before, at }: Step): EventFact | undefined => {
  if (fact.top.n <= before) return undefined
  const steps = fact.steps.filter(({ n }) => n > before)
  const began = beganAt(fact)
  // One that was there then, and has outlived what is retired, begins with the next that it counts.
  return { ...fact, before, steps, firstAt: began > at ? began : (steps[0] ?? fact.top).at }
}

/** Facts of one owner, each as what it adds to those of its series; what adds nothing is left out. */
export const inSeries = (
  facts: readonly EventFact[],
  { isShared, counted }: SeriesOf,
): readonly EventFact[] => {
  const groups = grouped(
    facts,
    (series, key) => isShared(series) || own(counted, key) !== undefined,
  )
  if (groups.size === 0) return facts
  const parts = new Map<EventFact, EventFact | undefined>()
  for (const [key, group] of groups) {
    if (!isCounted(group)) continue
    let before = own(counted, key)
    for (const fact of group.sort(byCount)) {
      parts.set(fact, before === undefined ? fact : beyond(fact, before))
      if (before === undefined || fact.top.n > before.n) before = fact.top
    }
  }
  return facts.flatMap((fact) => (parts.has(fact) ? (parts.get(fact) ?? []) : [fact]))
}

/** How often it occurred beyond what its series had counted before. */
export const countOf = ({ top, before }: EventFact): number => top.n - (before ?? 0)

/** How far series had counted when these facts, and those `before`, were let go. */
export const countedThen = (
  letGo: readonly EventFact[],
  before: Readonly<Record<string, Step>> = {},
): Readonly<Record<string, Step>> => {
  const steps = new Map(Object.entries(before))
  for (const [key, group] of grouped(letGo, () => true)) {
    const known = steps.get(key) ?? { n: 0, at: -Infinity }
    const { top } = group.sort(byCount).at(-1)!
    if (!isCounted(group)) steps.set(key, { n: known.n + group.length, at: top.at })
    else if (top.n > known.n) steps.set(key, top)
  }
  const newest = [...steps].sort(([a, x], [b, y]) => y.at - x.at || (a < b ? -1 : 1))
  return Object.fromEntries(newest.slice(0, MAX_COUNTED))
}
