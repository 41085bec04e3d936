import type { Opening, ProblemRule } from '@kubesift/contracts'
import { eachOccurrence, occurrencesOf, type EventFact } from './event-fact.ts'
import { happening, type Happening } from './opening.ts'

export interface Telling {
  readonly fact: EventFact
  /** What it takes to open, where that is its own. */
  readonly opens: Opening | undefined
  /** Folded in from another problem: it counts, but does not open. */
  readonly symptom: boolean
}

/** One that is still being put together. */
type Stretch = Omit<Happening, 'add' | 'to'> & { add: number; to: number }

/** What follows sooner than this neither comes after an end nor begins a count anew; rules are few. */
const closes = new WeakMap<ProblemRule, number>()

const closeOf = (rule: ProblemRule): number => {
  let close = closes.get(rule)
  if (close === undefined) {
    const openings = [rule.opens, ...[...rule.events, ...rule.states].map(({ opens }) => opens)]
    const pauses = openings.map((opens) => opens?.pause ?? Infinity)
    close = Math.min(rule.stability, rule.ttl, ...pauses)
    closes.set(rule, close)
  }
  return close
}

const objectOf = ({ involved: { uid = '', kind, name } }: EventFact): string =>
  uid === '' ? `${kind}/${name}` : uid

/** All occurrences of one Event; those of `ends` and later were on an object that was going. */
export const timelineOf = (
  { fact, opens, symptom }: Telling,
  ends: number,
): readonly Happening[] => {
  const object = objectOf(fact)
  return occurrencesOf(fact).map(({ at, add, since }) => {
    const passive = at >= ends
    return symptom || passive
      ? happening({ at, add, weight: symptom ? 0 : add, passive })
      : happening({ at, add, weight: add, since, object, opens })
  })
}

/**
 * The same, with stretches in one: where an Event has opened its problem by itself, what follows close upon it can neither open anything nor
 * end before the next has come, and only its count and its last moment matter. An Event of a storm has hundreds of occurrences, and they
 * are few. It gives the same spells where nothing was deleted and no boundary is frozen (property-tested).
 */
export const stretchesOf = (
  { fact, opens, symptom }: Telling,
  rule: ProblemRule,
): readonly Happening[] => {
  const { count, span = 0 } = opens ?? rule.opens
  const close = closeOf(rule)
  const object = objectOf(fact)
  const out: Happening[] = []
  let run: Stretch | undefined
  let [from, last, weight] = [-Infinity, -Infinity, 0]
  eachOccurrence(fact, (at, add, since) => {
    const goesOn = at >= last && at - last < close
    last = at
    if (run !== undefined && goesOn) {
      run.add += add
      run.to = at
      return
    }
    if (!goesOn) [from, weight] = [at, 0]
    weight += add
    const told = symptom
      ? happening({ at, add, weight: 0 })
      : happening({
          at,
          add,
          weight: add,
          since: Number.isNaN(since) ? undefined : since,
          object,
          opens,
        })
    run = symptom || (weight >= count && at >= from + span) ? { ...told, to: at } : undefined
    out.push(run ?? told)
  })
  return out
}
