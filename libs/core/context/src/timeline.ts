import type { Opening, ProblemRule } from '@kubesift/contracts'
import { eachOccurrence, occurrencesOf, type EventFact } from './event-fact.ts'
import { happening, type Happening } from './opening.ts'

export interface Telling {
  readonly fact: EventFact
  /** What it takes to open, where that is its own. */
  readonly opens: Opening | undefined
  /** Folded in from another problem: it counts, but does not open. */
  readonly symptom: boolean
  /** When its object began to go; Infinity: it has not. */
  readonly ends: number
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

/** All occurrences of one Event. */
const timelineOf = ({ fact, opens, symptom, ends }: Telling): readonly Happening[] => {
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
const stretchesOf = ({ fact, opens }: Telling, rule: ProblemRule): readonly Happening[] => {
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
    const began = Number.isNaN(since) ? undefined : since
    const told = happening({ at, add, weight: add, since: began, object, opens })
    run = weight >= count && at >= from + span ? { ...told, to: at } : undefined
    out.push(run ?? told)
  })
  return out
}

/** A symptom that was folded in; while its problem is surely open, only how often and until when it was told matters. */
const foldedOf = ({ fact }: Telling, open: Happening | undefined): readonly Happening[] => {
  const { at: from = Infinity, to = -Infinity } = open ?? {}
  const out: Happening[] = []
  let run: Stretch | undefined
  eachOccurrence(fact, (at, add) => {
    const told = happening({ at, add, weight: 0 })
    if (at <= from || at > to) out.push(told)
    else if (run === undefined) out.push((run = { ...told, to: at }))
    else {
      run.add += add
      run.to = Math.max(run.to, at)
    }
  })
  return out
}

/** Whether its times grow with its counts; where clocks differ they need not, and then an occurrence may lie before one that is in a stretch. */
const isInOrder = ({ firstAt, steps, top }: EventFact): boolean => {
  let last = firstAt
  for (const { at } of steps) {
    if (at < last) return false
    last = at
  }
  return top.at >= last
}

const lengthOf = ({ at, to = at }: Happening): number => to - at

/** The timeline of several Events of one problem; in stretches where that changes nothing, unless it must be `whole`. */
export const timelinesOf = (
  tellings: readonly Telling[],
  rule: ProblemRule,
  whole: boolean,
): readonly Happening[] => {
  const own = tellings.map((telling) => {
    if (whole || telling.ends !== Infinity || !isInOrder(telling.fact)) return timelineOf(telling)
    return telling.symptom ? undefined : stretchesOf(telling, rule)
  })
  let open: Happening | undefined
  for (const stretches of own)
    for (const each of stretches ?? [])
      if (open === undefined || lengthOf(each) > lengthOf(open)) open = each
  // In the order of the Events, which decides between those of one instant.
  return tellings.flatMap((telling, i) => own[i] ?? foldedOf(telling, open))
}
