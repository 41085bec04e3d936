import type { Opening, ProblemRule, Spell } from '@kubesift/contracts'
import { alertHappenings, aroundOf, ruleOf, type AlertSign } from './alerts.ts'
import { retiredAlone, underwayOf, type CountedBy, type Earlier } from './earlier.ts'
import type { EventFact } from './event-fact.ts'
import type { ObjectFact } from './object-fact.ts'
import { happening, type Happening } from './opening.ts'
import { beganAt } from './series.ts'
import { spellsOf, type Spells, type Surroundings } from './spells.ts'
import { timelinesOf } from './timeline.ts'

/** A state of an object that speaks of a problem. */
export interface StateSign {
  readonly reason: string
  readonly message: string
  readonly at: number
  readonly fact: ObjectFact
  readonly opens?: Opening
}

/** Everything that speaks of one problem of one owner. */
export interface Part {
  readonly rule: ProblemRule
  readonly events: EventFact[]
  readonly states: StateSign[]
  readonly alerts: AlertSign[]
  /** Of those Events that must insist in their own way, how. */
  readonly opens: ReadonlyMap<EventFact, Opening>
  /** Those of them that were folded in from another problem: they count, but do not open. */
  readonly symptoms: ReadonlySet<EventFact | StateSign | AlertSign>
  /** What made the count of its key in the facts that are retired. */
  readonly before?: CountedBy
}

/** Symptoms may be reported somewhat before the problem that explains them; an Event is dated in whole seconds besides. */
const ABSORB_BEFORE_MS = 30_000

/** When an object began to go, or was gone; Infinity for one that lives (or is unknown). */
export const endOf = (fact: ObjectFact | undefined): number =>
  Math.min(fact?.object.deletingAt ?? Infinity, fact?.deletedAt ?? Infinity)

/** Whether nothing speaks of it. */
export const isEmpty = ({ events, states, alerts }: Part): boolean =>
  events.length + states.length + alerts.length === 0

/** What is left of it when another has taken in all that it had. */
export const emptied = (part: Part): Part => ({ ...part, events: [], states: [], alerts: [] })

export type EndOf = (fact: EventFact) => number

/**
 * The timeline of a part. States add to the count only where no event tells of the failure (domain.md, "Counting truthfully"). It is put
 * together in stretches, unless it must be `whole`.
 */
export const happeningsOf = (part: Part, end: EndOf, whole: boolean): Happening[] => {
  const statesCount = part.events.length === 0 && part.before !== 'event'
  const all = part.states.map((s): Happening => {
    const passive = s.at >= endOf(s.fact) && s.fact.object.kind === 'Pod'
    const { at, opens } = s
    return happening({
      at,
      add: statesCount ? 1 : 0,
      weight: 1,
      object: s.fact.uid,
      opens,
      passive,
    })
  })
  const tellings = part.events.map((fact) => ({
    fact,
    opens: part.opens.get(fact),
    symptom: part.symptoms.has(fact),
    ends: end(fact),
  }))
  for (const each of timelinesOf(tellings, ruleOf(part), whole)) all.push(each)
  if (part.alerts.length > 0) all.push(...alertHappenings(part, (s) => part.symptoms.has(s)))
  return all
}

const opened = (spells: readonly Spell[]): Spell[] => spells.filter((s) => s.openedAt !== null)

const covers = (spell: Spell, at: number): boolean =>
  at >= spell.from - ABSORB_BEFORE_MS && at <= (spell.recovery?.at ?? Infinity)

/**
 * Whether something that began at `at` belongs to the absorber: it lies within a spell of it that opened before its own. Of two that opened
 * at one moment and name each other, one alone takes the other in: that which is `first`.
 */
const belongs = (
  at: number,
  absorber: readonly Spell[],
  own: readonly Spell[],
  first: boolean,
): boolean => {
  const home = absorber.find((s) => covers(s, at))
  if (home === undefined) return false
  const mine = own.find((s) => at >= s.from && at <= (s.recovery?.at ?? Infinity))
  if (mine === undefined) return true
  return first ? mine.openedAt! >= home.openedAt! : mine.openedAt! > home.openedAt!
}

/** A part while it takes in others or is taken in. */
interface Taking extends Omit<Part, 'events' | 'states' | 'alerts' | 'symptoms'> {
  events: EventFact[]
  states: StateSign[]
  alerts: AlertSign[]
  readonly symptoms: Set<EventFact | StateSign | AlertSign>
}

/** Moves what `takes` is asked for from one to the other; whether there was anything. */
const takeIn = (
  taker: Taking,
  giver: Taking,
  taken: Set<EventFact | StateSign | AlertSign>,
  takes: (at: number) => boolean,
): boolean => {
  const events = giver.events.filter((e) => !taken.has(e) && takes(beganAt(e)))
  const states = giver.states.filter((s) => !taken.has(s) && takes(s.at))
  const alerts = giver.alerts.filter((a) => !taken.has(a) && takes(a.firing.startsAt))
  const moved = new Set<EventFact | StateSign | AlertSign>([...events, ...states, ...alerts])
  for (const item of moved) {
    taken.add(item)
    taker.symptoms.add(item)
  }
  taker.events = taker.events.concat(events)
  taker.states = taker.states.concat(states)
  taker.alerts = taker.alerts.concat(alerts)
  giver.events = giver.events.filter((e) => !moved.has(e))
  giver.states = giver.states.filter((s) => !moved.has(s))
  giver.alerts = giver.alerts.filter((a) => !moved.has(a))
  return moved.size > 0
}

/** The spells of each part by itself; what happened until then is retired. */
const aloneOf = (
  parts: readonly Part[],
  { around, end, retired }: { around: Surroundings; end: EndOf; retired: Earlier | undefined },
): Spells[] =>
  parts.map((p) => {
    const since = retired?.through ?? -Infinity
    // What is cut by time must not be put together over the cut.
    const whole = around.deletions.length > 0 || since !== -Infinity
    const all = happeningsOf(p, end, whole)
    const happenings = since === -Infinity ? all : all.filter(({ at }) => at > since)
    const before = underwayOf(retired, p.rule.problem)
    const underway = before && { ...before.spell, to: before.ownTo }
    return spellsOf(happenings, ruleOf(p), aroundOf(p, around), { underway })
  })

/** Parts as they are after one has taken in another. */
export interface Absorbed {
  readonly parts: readonly Part[]
  /** Problem → the problem that has taken of it. */
  readonly absorbed: Map<string, string>
  readonly asks: readonly number[]
  /** By problem its spells as they would be by itself; empty where there is but one problem. */
  readonly alone: ReadonlyMap<string, readonly Spell[]>
}

/**
 * Folds symptoms into the problem that explains them: among problems of one owner that name each other in `absorbs`, the one that opened
 * first (in event time) takes what begins during it. A function of the facts alone, so the order of arrival does not matter; an incident
 * that opened on its own before keeps its problem. What is folded in may go on where a problem alone would have ended: at the watermarks
 * `asks` the answer may be another.
 */
export const absorb = (
  parts: readonly Part[],
  around: Surroundings,
  end: EndOf,
  retired?: Earlier,
): Absorbed => {
  if (parts.length === 1) return { parts, absorbed: new Map(), asks: [], alone: new Map() }
  const alone = aloneOf(parts, { around, end, retired })
  const spells = new Map(
    parts.map(({ rule: { problem } }, i) => [
      problem,
      [...retiredAlone(retired, problem), ...opened(alone[i]!.spells)],
    ]),
  )
  const openedAt = (p: Part): number => spells.get(p.rule.problem)?.[0]?.openedAt ?? Infinity
  const left = new Map(
    parts.map((p): [string, Taking] => [
      p.rule.problem,
      { ...p, symptoms: new Set<EventFact | StateSign | AlertSign>() },
    ]),
  )
  const absorbed = new Map<string, string>()
  const taken = new Set<EventFact | StateSign | AlertSign>()
  const order = [...parts].sort(
    (a, b) => openedAt(a) - openedAt(b) || (a.rule.problem < b.rule.problem ? -1 : 1),
  )
  const rank = new Map(order.map((part, i) => [part.rule.problem, i]))
  for (const part of order) {
    const taker = left.get(part.rule.problem)!
    const home = spells.get(part.rule.problem) ?? []
    if (home.length === 0) continue
    for (const problem of part.rule.absorbs) {
      const giver = left.get(problem)
      if (giver === undefined || giver === taker) continue
      const own = spells.get(problem) ?? []
      const mutual = giver.rule.absorbs.includes(part.rule.problem)
      const first = !mutual || rank.get(part.rule.problem)! < rank.get(problem)!
      if (!takeIn(taker, giver, taken, (at) => belongs(at, home, own, first))) continue
      absorbed.set(problem, part.rule.problem)
    }
  }
  return {
    parts: [...left.values()].filter((p) => !isEmpty(p)),
    absorbed,
    asks: alone.flatMap((a) => a.nextDecisionAt ?? []),
    alone: new Map(parts.map((p, i) => [p.rule.problem, alone[i]!.spells])),
  }
}
