import type {
  ObjectRef,
  Pattern,
  PatternSignal,
  Position,
  SourcePartition,
} from '@kubesift/contracts'
import { firstAndLast, isKept, type EventFact, type Step } from './event-fact.ts'

/**
 * Lines or flows of one pattern of one thing. It is counted by record: `marks` has for each raw partition the last offset that is in the
 * count, so that a redelivery, which comes in the order of the log, adds nothing twice.
 */
export interface PatternFact {
  readonly t: 'pattern'
  readonly pattern: Pattern
  readonly involved: ObjectRef
  readonly example: string
  readonly exampleAt: number
  readonly firstAt: number
  readonly top: Step
  /** The steps to it, thinned as those of Events. */
  readonly steps: readonly Step[]
  readonly marks: Readonly<Record<string, number>>
  /** It stands for several patterns, which were too many: its count may be off by what one record held. */
  readonly several: boolean
  readonly records: readonly Position[]
}

const NOTHING = { n: 0, at: -Infinity } as const

/** A fact that has heard nothing yet. */
export const noPattern = (pattern: Pattern, several: boolean): PatternFact => ({
  t: 'pattern',
  pattern,
  involved: pattern.involved,
  example: '',
  exampleAt: -Infinity,
  firstAt: Infinity,
  top: NOTHING,
  steps: [],
  marks: {},
  several,
  records: [],
})

const markOf = (fact: PatternFact, id: string): number =>
  Object.hasOwn(fact.marks, id) ? fact.marks[id]! : -1

/** The fact with what a signal has that is not in it yet; the same fact where that is nothing. */
export const hear = (
  fact: PatternFact,
  signal: PatternSignal,
  source: SourcePartition,
): PatternFact => {
  const id = `${source.topic}/${source.partition}`
  const mark = markOf(fact, id)
  // Of several patterns one record may hold more than one: the last offset is counted again rather than dropped.
  const heard = signal.heard.filter(
    ({ offset }) => offset > mark || (fact.several && offset === mark),
  )
  if (heard.length === 0) return fact
  const steps = [...fact.steps]
  let { n, at } = fact.top
  let firstAt = fact.firstAt
  for (const hearing of heard) {
    n += hearing.n
    at = Math.max(at, hearing.at)
    firstAt = Math.min(firstAt, hearing.from)
    if (isKept(n)) steps.push({ n, at })
  }
  const offsets = heard.map(({ offset }) => offset)
  const newest = heard.reduce((time, hearing) => Math.max(time, hearing.at), -Infinity)
  const isNewer = newest >= fact.exampleAt
  return {
    ...fact,
    example: isNewer ? signal.example : fact.example,
    exampleAt: isNewer ? newest : fact.exampleAt,
    firstAt,
    top: { n, at },
    steps,
    marks: { ...fact.marks, [id]: Math.max(mark, ...offsets) },
    records: firstAndLast([
      ...fact.records,
      ...[Math.min(...offsets), Math.max(...offsets)].map((offset) => ({ ...source, offset })),
    ]),
  }
}

/** By which component the catalogue knows it. */
const told = new WeakMap<PatternFact, EventFact>()

/** The fact as an Event is told: so the catalogue may claim it, and it counts as Events do. */
export const asEvent = (fact: PatternFact): EventFact => {
  let event = told.get(fact)
  if (event === undefined) {
    const { pattern, involved, firstAt, top, steps, records, several } = fact
    event = {
      uid: pattern.id,
      involved,
      reason: pattern.reason,
      type: 'Log',
      message: pattern.text,
      component: pattern.source,
      firstAt,
      top,
      steps,
      combined: several,
      counted: true,
      everyOne: true,
      records,
    }
    told.set(fact, event)
  }
  return event
}
