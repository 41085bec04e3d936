import type { Context, CountQuality, ReasonCount, Spell } from '@kubesift/contracts'
import type { Derived, OwnerResult } from './derive.ts'
import { own, retiredAlone, underwayOf, type CountedBy, type Earlier } from './earlier.ts'
import { asItBegan } from './as-it-began.ts'
import type { EventFact } from './event-fact.ts'
import { countedThen } from './series.ts'

/** What is left of a key whose facts are retired: its last context, without what only helps while it is looked into. */
export type RetiredKey = Omit<Derived, 'findings' | 'observations' | 'cost'>

/** What is left of an owner's facts. */
export interface Retired extends Earlier {
  readonly keys: Readonly<Record<string, RetiredKey>>
  /** Key → key that has taken its symptoms. */
  readonly absorbed: Readonly<Record<string, string>>
}

const MAX_ALONE = 8
const MAX_UNENDED = 64
const MAX_OBJECTS = 20
const MAX_REASONS = 40
const RANK: Readonly<Record<CountedBy, number>> = { event: 2, state: 1, alert: 0 }

/** A metric beyond its threshold is told as an alert is. */
const isAlert = ({ type }: ReasonCount): boolean => type === 'Alert' || type === 'Metric'

/** What made the count of a context with these reasons. */
export const countedBy = (reasons: readonly ReasonCount[]): CountedBy => {
  if (reasons.some(({ source }) => source === 'event')) return 'event'
  return reasons.every(isAlert) ? 'alert' : 'state'
}

/** Whether what these reasons tell makes the count of a key of which `by` made it before. */
export const countsBeside = (by: CountedBy, reasons: readonly ReasonCount[]): boolean =>
  RANK[countedBy(reasons)] >= RANK[by]

const worse = (a: CountQuality, b: CountQuality): CountQuality => {
  const rank = { exact: 0, aggregated: 1, lower_bound: 2 } as const
  return rank[a] >= rank[b] ? a : b
}

/** What is left of this key, where any of it was retired. */
export const retiredKey = (retired: Retired | undefined, key: string): RetiredKey | undefined =>
  own(retired?.keys, key)

const summed = (a: ReasonCount, b: ReasonCount): ReasonCount => {
  const newest = b.lastAt >= a.lastAt ? b : a
  return {
    ...newest,
    count: a.count + b.count,
    // An alert that fires again is the one that fired before.
    uids: isAlert(a) ? Math.max(a.uids, b.uids) : a.uids + b.uids,
    quality: worse(a.quality, b.quality),
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: newest.lastAt,
  }
}

const reasonsOf = (kept: readonly ReasonCount[], live: readonly ReasonCount[]): ReasonCount[] => {
  const sums = new Map<string, ReasonCount>()
  for (const reason of [...kept, ...live]) {
    const key = JSON.stringify([reason.reason, reason.type, reason.source])
    const before = sums.get(key)
    sums.set(key, before === undefined ? reason : summed(before, reason))
  }
  const all = [...sums.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
  if (all.length <= MAX_REASONS) return all
  const rest = new Map<string, ReasonCount>()
  for (const reason of all.slice(MAX_REASONS)) {
    const before = rest.get(reason.source)
    const named = { ...reason, reason: '(others)', message: 'further reasons' }
    rest.set(reason.source, before === undefined ? named : summed(before, named))
  }
  return [...all.slice(0, MAX_REASONS), ...rest.values()]
}

export const objectKey = ({ kind, name, uid = '' }: Context['objects'][number]): string =>
  `${kind}/${name}/${uid}`

const objectsOf = (
  kept: Pick<Context, 'objects' | 'objectsTotal'>,
  live: Pick<Context, 'objects' | 'objectsTotal'>,
): Pick<Context, 'objects' | 'objectsTotal'> => {
  const known = new Set(live.objects.map(objectKey))
  const others = kept.objects.filter((object) => !known.has(objectKey(object)))
  const again = kept.objects.length - others.length
  return {
    objects: [...live.objects, ...others].slice(0, MAX_OBJECTS),
    objectsTotal: live.objectsTotal + kept.objectsTotal - again,
  }
}

/** The spells with what was counted of them before. */
const spellsTogether = (live: readonly Spell[], { spells }: RetiredKey): Spell[] =>
  live.map((spell, i) => ({ ...spell, count: Math.max(0, spell.count + (spells[i]?.count ?? 0)) }))

/** A context as it is with what was retired of its key: sums are sums again, its own spells come first. */
const together = (live: Derived, kept: RetiredKey, by: CountedBy): Derived => {
  const keptCounts = RANK[by] >= RANK[countedBy(live.reasons)]
  const liveCounts = countsBeside(by, live.reasons)
  const qualities = [
    ...(keptCounts ? [kept.countQuality] : []),
    ...(liveCounts ? [live.countQuality] : []),
  ]
  return {
    ...live,
    reasons: reasonsOf(kept.reasons, live.reasons),
    occurrenceCount:
      (keptCounts ? kept.occurrenceCount : 0) + (liveCounts ? live.occurrenceCount : 0),
    countQuality: qualities.reduce(worse),
    firstSeenAt: Math.min(kept.firstSeenAt, live.firstSeenAt),
    lastSeenAt: Math.max(kept.lastSeenAt, live.lastSeenAt),
    ...objectsOf(kept, live),
    spells: keptCounts ? spellsTogether(live.spells, kept) : live.spells,
  }
}

/** What was derived of the facts that are left, with what was retired before. */
export const withRetired = (result: OwnerResult, retired: Retired): OwnerResult => ({
  ...result,
  absorbed: new Map([...Object.entries(retired.absorbed), ...result.absorbed]),
  contexts: [
    ...result.contexts.map((context) => {
      const kept = retiredKey(retired, context.key)
      if (kept === undefined) return context
      const by = own(retired.by, context.key) ?? countedBy(kept.reasons)
      const sum = together(context, kept, by)
      return underwayOf(retired, context.problem) === undefined ? sum : asItBegan(sum, kept)
    }),
    ...[...result.still].flatMap(([key, spells]) => {
      const kept = retiredKey(retired, key)
      return kept === undefined ? [] : [{ ...kept, spells: spellsTogether(spells, kept) }]
    }),
  ],
})

const MAX_EVIDENCE = 3
export const NO_STATES: Context['states'] = {
  waiting: [],
  terminations: [],
  restarts: 0,
  notReady: 0,
  pods: 0,
}

/** What is kept of a context once its facts are gone. */
export const keptOf = (context: Derived): RetiredKey => {
  const { findings: _, observations: __, cost, ...kept } = context
  const evidence = context.evidence.filter(({ id }) => id !== cost?.evidence).slice(0, MAX_EVIDENCE)
  return { ...kept, changes: [], states: NO_STATES, evidence }
}

/** The first of them, and the newest ones. */
export const boundedSpells = (spells: readonly Spell[]): readonly Spell[] =>
  spells.length <= MAX_ALONE ? spells : [spells[0]!, ...spells.slice(1 - MAX_ALONE)]

/** Of retired keys that had been published and say nothing new now, those to be told as they were: what they said since is of another key. */
export const toldAgain = (
  retired: Retired | undefined,
  quiet: readonly string[],
  { anew, absorbed }: Pick<OwnerResult, 'absorbed'> & { readonly anew: readonly string[] },
): (RetiredKey & Pick<Context, 'movedTo'>)[] =>
  quiet.flatMap((key) => {
    const kept = retiredKey(retired, key)
    const hasOpened = kept?.spells.some((s) => s.openedAt !== null) ?? true
    const to = hasOpened ? undefined : absorbed.get(key)
    const isNew = anew.includes(key) || (!hasOpened && to !== own(retired?.absorbed, key))
    if (kept === undefined || !isNew) return []
    return [{ ...kept, ...(to === undefined ? {} : { movedTo: to }) }]
  })

/** What to keep of an owner that is settled: what is derived of it now (with what was retired before) until its last end. */
export const retire = (
  { contexts, absorbed, settled }: OwnerResult,
  before: Retired | undefined,
  { through, letGo }: { readonly through: number; readonly letGo: readonly EventFact[] },
): Retired => {
  const series = countedThen(letGo, before?.series)
  const fired = [...(before?.unended ?? []), ...settled.unended]
  const unended = [...new Set(fired)].slice(-MAX_UNENDED)
  const problems = [...new Set([...Object.keys(before?.alone ?? {}), ...settled.alone.keys()])]
  return {
    through: Math.max(through, before?.through ?? -Infinity),
    keys: {
      ...before?.keys,
      ...Object.fromEntries(contexts.map((c) => [c.key, keptOf(c)])),
    },
    by: {
      ...before?.by,
      ...Object.fromEntries(contexts.map((c) => [c.key, countedBy(c.reasons)])),
    },
    absorbed: Object.fromEntries(absorbed),
    ...(unended.length === 0 ? {} : { unended }),
    ...(Object.keys(series).length === 0 ? {} : { series }),
    ...(before?.rebuiltAt === undefined ? {} : { rebuiltAt: before.rebuiltAt }),
    alone: Object.fromEntries(
      problems
        .map((problem) => {
          const opened = (settled.alone.get(problem) ?? []).filter((s) => s.openedAt !== null)
          return [problem, boundedSpells([...retiredAlone(before, problem), ...opened])] as const
        })
        .filter(([, spells]) => spells.length > 0),
    ),
  }
}
