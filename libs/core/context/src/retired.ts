import type { Context, CountQuality, ProblemRule, ReasonCount, Spell } from '@kubesift/contracts'
import type { Derived, OwnerResult } from './derive.ts'
import { isEmpty, type Part } from './parts.ts'

/** Of what speaks of a problem, what makes its count: Events where there are any, else states, else alerts (`countPart`). */
export type CountedBy = 'event' | 'state' | 'alert'

/** What is left of a key whose facts are retired: its last context, without what only helps while it is looked into. */
export type RetiredKey = Omit<Derived, 'findings' | 'observations'>

/** What is left of an owner's facts. Nothing that happened until `through` can change any more. */
export interface Retired {
  readonly through: number
  readonly keys: Readonly<Record<string, RetiredKey>>
  /** Key → key that has taken its symptoms. */
  readonly absorbed: Readonly<Record<string, string>>
  /** By problem the spells that opened, as they were before one problem took in another: the first, and the newest ones. */
  readonly alone: Readonly<Record<string, readonly Spell[]>>
}

const MAX_ALONE = 8
const MAX_OBJECTS = 20
const MAX_REASONS = 40
const RANK: Readonly<Record<CountedBy, number>> = { event: 2, state: 1, alert: 0 }

const countedBy = (reasons: readonly ReasonCount[]): CountedBy =>
  reasons.some(({ source }) => source === 'event')
    ? 'event'
    : reasons.some(({ type }) => type !== 'Alert')
      ? 'state'
      : 'alert'

const worse = (a: CountQuality, b: CountQuality): CountQuality => {
  const rank = { exact: 0, aggregated: 1, lower_bound: 2 } as const
  return rank[a] >= rank[b] ? a : b
}

const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined

/** What is left of this key, where any of it was retired. */
export const retiredKey = (retired: Retired | undefined, key: string): RetiredKey | undefined =>
  own(retired?.keys, key)

/** The spells of a problem that were retired, as it was by itself. */
export const retiredAlone = (retired: Retired | undefined, problem: string): readonly Spell[] =>
  own(retired?.alone, problem) ?? []

/**
 * The parts of an owner without what was retired, which is said already: states and alerts of then are still in the objects' facts. A
 * problem of which nothing else is left stays as an empty part, since what happens late in its spells is taken in by it.
 */
export const liveParts = (
  parts: readonly Part[],
  { through, keys, alone }: Retired,
  rules: readonly ProblemRule[],
  keyOf: (problem: string) => string,
): Part[] => {
  const byProblem = new Map(parts.map((part) => [part.rule.problem, part]))
  return rules.flatMap((rule): Part[] => {
    const part = byProblem.get(rule.problem)
    if (part === undefined && !Object.hasOwn(alone, rule.problem)) return []
    const kept = own(keys, keyOf(rule.problem))
    return [
      {
        rule,
        events: part?.events ?? [],
        states: part?.states.filter(({ at }) => at > through) ?? [],
        alerts: part?.alerts.filter(({ firing }) => firing.startsAt > through) ?? [],
        opens: part?.opens ?? new Map(),
        symptoms: new Set<never>(),
        ...(kept === undefined ? {} : { before: countedBy(kept.reasons) }),
      },
    ]
  })
}

/** Whether any part has something that is not retired. */
export const saysAnything = (parts: readonly Part[]): boolean => parts.some((p) => !isEmpty(p))

const summed = (a: ReasonCount, b: ReasonCount): ReasonCount => {
  const newest = b.lastAt >= a.lastAt ? b : a
  return {
    ...newest,
    count: a.count + b.count,
    uids: a.uids + b.uids,
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

const objectKey = ({ kind, name, uid = '' }: Context['objects'][number]): string =>
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

/** A context as it is with what was retired of its key: sums are sums again, its own spells come first. */
const together = (live: Derived, kept: RetiredKey): Derived => {
  const [ofKept, ofLive] = [RANK[countedBy(kept.reasons)], RANK[countedBy(live.reasons)]]
  const keptCounts = ofKept >= ofLive
  const liveCounts = ofLive >= ofKept
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
    spells: live.spells.map((spell, i) =>
      keptCounts ? { ...spell, count: spell.count + (kept.spells[i]?.count ?? 0) } : spell,
    ),
  }
}

/** What was derived of the facts that are left, with what was retired before. */
export const withRetired = (result: OwnerResult, retired: Retired): OwnerResult => ({
  ...result,
  absorbed: new Map([...Object.entries(retired.absorbed), ...result.absorbed]),
  contexts: result.contexts.map((context) => {
    const kept = retiredKey(retired, context.key)
    return kept === undefined ? context : together(context, kept)
  }),
})

const MAX_EVIDENCE = 3
const NO_STATES: Context['states'] = {
  waiting: [],
  terminations: [],
  restarts: 0,
  notReady: 0,
  pods: 0,
}

const keptOf = ({ findings: _, observations: __, ...context }: Derived): RetiredKey => ({
  ...context,
  changes: [],
  states: NO_STATES,
  evidence: context.evidence.slice(0, MAX_EVIDENCE),
})

const boundedSpells = (spells: readonly Spell[]): readonly Spell[] =>
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
  through: number,
): Retired => {
  const problems = [...new Set([...Object.keys(before?.alone ?? {}), ...settled.alone.keys()])]
  return {
    through: Math.max(through, before?.through ?? -Infinity),
    keys: {
      ...before?.keys,
      ...Object.fromEntries(contexts.map((c) => [c.key, keptOf(c)])),
    },
    absorbed: Object.fromEntries(absorbed),
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
