import type { Context, CountQuality, Evidence, ReasonCount } from '@kubesift/contracts'
import { alertEvidence, alertReasons } from './alerts.ts'
import { evidence } from './evidence.ts'
import type { EventFact } from './event-fact.ts'
import type { Part, StateSign } from './parts.ts'
import { countOf } from './series.ts'

// client-go tools/record/events_cache.go: 25 events per source and object, then one per 300 s.
const SPAM_BURST = 25
const MESSAGES_PER_REASON = 4
/** An owner with more distinct reasons than this is a fault of its reporter; a context with all of them would outgrow its topic. */
const MAX_REASONS = 40

const worse = (a: CountQuality, b: CountQuality): CountQuality => {
  const rank = { exact: 0, aggregated: 1, lower_bound: 2 } as const
  return rank[a] >= rank[b] ? a : b
}

const spamKey = (f: EventFact): string =>
  `${f.component ?? ''}/${f.host ?? ''}/${f.involved.kind}/${f.involved.name}/${f.involved.uid ?? ''}`

/** Sources and objects that have used up their burst: what they report now is thinned by the recorder's spam filter. */
const thinned = (events: readonly EventFact[]): ReadonlySet<string> => {
  const sums = new Map<string, number>()
  for (const fact of events) {
    if (fact.everyOne === true) continue
    sums.set(spamKey(fact), (sums.get(spamKey(fact)) ?? 0) + countOf(fact))
  }
  return new Set([...sums].filter(([, sum]) => sum >= SPAM_BURST).map(([key]) => key))
}

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

const eventReason = (facts: readonly EventFact[], spam: ReadonlySet<string>): ReasonCount => {
  const newest = [...facts].sort((a, b) => a.top.at - b.top.at || (a.uid < b.uid ? -1 : 1)).at(-1)!
  const quality = facts
    .map((f): CountQuality =>
      !f.counted || spam.has(spamKey(f)) ? 'lower_bound' : f.combined ? 'aggregated' : 'exact',
    )
    .reduce(worse, 'exact')
  return {
    reason: newest.reason,
    type: newest.type,
    source: 'event',
    count: facts.reduce((sum, f) => sum + countOf(f), 0),
    uids: facts.length,
    quality,
    firstAt: facts.reduce((at, f) => Math.min(at, f.firstAt), Infinity),
    lastAt: facts.reduce((at, f) => Math.max(at, lastAtOf(f)), -Infinity),
    message: newest.message,
  }
}

export const lastAtOf = (fact: EventFact): number =>
  fact.steps.reduce((at, s) => Math.max(at, s.at), fact.top.at)

const stateReason = (signs: readonly StateSign[]): ReasonCount => {
  const newest = [...signs].sort((a, b) => a.at - b.at).at(-1)!
  return {
    reason: newest.reason,
    type: 'State',
    source: 'state',
    count: signs.length,
    uids: new Set(signs.map((s) => s.fact.uid)).size,
    quality: 'exact',
    firstAt: signs.reduce((at, s) => Math.min(at, s.at), Infinity),
    lastAt: newest.at,
    message: newest.message,
  }
}

const eventEvidence = (fact: EventFact): Evidence =>
  evidence({
    kind: 'event',
    text: `${fact.reason} on ${fact.involved.kind}/${fact.involved.name}: ${fact.message}`,
    at: fact.top.at,
    object: fact.involved,
    records: [...fact.records],
  })

const stateEvidence = (sign: StateSign): Evidence => {
  const { kind, namespace, name, uid } = sign.fact.object
  const text = `${sign.reason} in the state of ${kind}/${name}: ${sign.message}`
  return evidence({
    kind: 'state',
    text,
    at: sign.at,
    object: { kind, namespace, name, uid },
    records: [...sign.fact.records],
  })
}

/** The most frequent ones, and the rest as one per source, so that the sum stays what it was. */
const bounded = (reasons: readonly ReasonCount[]): ReasonCount[] => {
  if (reasons.length <= MAX_REASONS) return [...reasons]
  const rest = groupBy(reasons.slice(MAX_REASONS), (r) => r.source)
  return [...reasons.slice(0, MAX_REASONS), ...[...rest.values()].map(summedUp)]
}

const summedUp = (rest: readonly ReasonCount[]): ReasonCount => ({
  reason: '(others)',
  type: rest[0]!.type,
  source: rest[0]!.source,
  count: rest.reduce((sum, r) => sum + r.count, 0),
  uids: rest.reduce((sum, r) => sum + r.uids, 0),
  quality: rest.map((r) => r.quality).reduce(worse, 'exact'),
  firstAt: rest.reduce((at, r) => Math.min(at, r.firstAt), Infinity),
  lastAt: rest.reduce((at, r) => Math.max(at, r.lastAt), -Infinity),
  message: `${rest.length} further reasons`,
})

/** One entry per distinct text, a few of each reason, newest first. */
const evidenceOf = (part: Part): Evidence[] => {
  const perReason = [...groupBy(part.events, (f) => f.reason).values()].flatMap((facts) => {
    const newestFirst = [...facts].sort((a, b) => b.top.at - a.top.at || (a.uid < b.uid ? -1 : 1))
    const byMessage = new Map(newestFirst.toReversed().map((f) => [f.message, f]))
    return [...byMessage.values()]
      .sort((a, b) => b.top.at - a.top.at)
      .slice(0, MESSAGES_PER_REASON)
      .map(eventEvidence)
  })
  const states = [...groupBy(part.states, (s) => `${s.reason}/${s.fact.uid}`).values()].map(
    (signs) => stateEvidence(signs.at(-1)!),
  )
  const alerts = alertEvidence(part.alerts)
  return [...perReason, ...states.slice(0, MESSAGES_PER_REASON), ...alerts]
}

export interface Counted {
  readonly reasons: ReasonCount[]
  readonly occurrenceCount: Context['occurrenceCount']
  readonly countQuality: CountQuality
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly evidence: Evidence[]
}

/** The counts of a part, as domain.md, "Counting truthfully", has them. `all` are the owner's events, for the spam filter's limit. */
export const countPart = (part: Part, all: readonly EventFact[]): Counted => {
  const spam = thinned(all)
  const events = [...groupBy(part.events, (f) => `${f.reason}/${f.type}`).values()].map((facts) =>
    eventReason(facts, spam),
  )
  const states = [...groupBy(part.states, (s) => s.reason).values()].map(stateReason)
  const alerts = part.alerts.length === 0 ? [] : alertReasons(part)
  const counted = events.length > 0 ? events : states.length > 0 ? states : alerts
  const reasons = [...events, ...states, ...alerts].sort(
    (a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1),
  )
  return {
    reasons: bounded(reasons),
    occurrenceCount: counted.reduce((sum, r) => sum + r.count, 0),
    countQuality: counted.map((r) => r.quality).reduce(worse, 'exact'),
    firstSeenAt: reasons.reduce((at, r) => Math.min(at, r.firstAt), Infinity),
    lastSeenAt: reasons.reduce((at, r) => Math.max(at, r.lastAt), -Infinity),
    evidence: evidenceOf(part),
  }
}
