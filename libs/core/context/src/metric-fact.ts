import type { MetricSignal, ObjectRef, Position, SourcePartition } from '@kubesift/contracts'
import type { AlertFact, Firing } from './alert-fact.ts'
import { firstAndLast } from './event-fact.ts'
import { union } from './union.ts'

/** That something was beyond its threshold from `at` to `until`, or that it was within it then. */
export interface MetricPoint {
  readonly at: number
  readonly breach: boolean
  readonly until: number
}

/** What was told of one rule and one thing. Grows by {@link joinMetric} only. */
export interface MetricFact {
  readonly t: 'metric'
  readonly id: string
  readonly rule: string
  readonly source: string
  readonly involved: ObjectRef
  readonly container?: string
  /** That of the newest breach; while none is known, of the newest telling. */
  readonly message: string
  /** The message is that of a breach. */
  readonly beyond: boolean
  readonly toldAt: number
  readonly points: readonly MetricPoint[]
  readonly records: readonly Position[]
}

/** So many points of one metric are kept, the newest: one that flaps every minute is told apart for an hour. */
export const MAX_POINTS = 128

/** Of one moment the longest told breach holds, and a breach before none. */
const longer = (a: MetricPoint, b: MetricPoint): MetricPoint => {
  if (a.breach !== b.breach) return a.breach ? a : b
  return a.until >= b.until ? a : b
}

/** Whose words are shown: a breach before none, then the newest. */
const speaker = (a: MetricFact, b: MetricFact): MetricFact => {
  if (a.beyond !== b.beyond) return a.beyond ? a : b
  if (a.toldAt !== b.toldAt) return a.toldAt > b.toldAt ? a : b
  return a.message >= b.message ? a : b
}

/** The least fact that holds both: commutative, associative, idempotent (property-tested). */
export const joinMetric = (a: MetricFact, b: MetricFact): MetricFact => ({
  ...speaker(a, b),
  points: union(a.points, b.points, {
    key: ({ at }) => String(at),
    order: (x, y) => x.at - y.at,
    pick: longer,
    keep: MAX_POINTS,
  }),
  records: firstAndLast([...a.records, ...b.records]),
})

/** What one signal says, as a fact. */
export const metricFact = (
  { metric, at, breach, since, offsets }: MetricSignal,
  source: SourcePartition,
): MetricFact => {
  const { id, rule, source: by, involved, container, message } = metric
  return {
    t: 'metric',
    id,
    rule,
    source: by,
    involved,
    ...(container === undefined ? {} : { container }),
    message,
    beyond: breach,
    toldAt: at,
    points: [{ at: breach ? since : at, breach, until: at }],
    records: firstAndLast(offsets.map((offset) => ({ ...source, offset }))),
  }
}

/** The breaches, from the first sample that was beyond the threshold to the first that was within it. */
export const breachesOf = ({ points }: Pick<MetricFact, 'points'>): Firing[] => {
  const said = points
    .flatMap(({ at, breach, until }) =>
      (breach ? [at, until] : [at]).map((time) => ({ at: time, breach })),
    )
    .sort((a, b) => a.at - b.at || Number(a.breach) - Number(b.breach))
  const firings: Firing[] = []
  let open: { startsAt: number; toldAt: number } | undefined
  for (const { at, breach } of said) {
    if (breach) open = { startsAt: open?.startsAt ?? at, toldAt: at }
    else if (open !== undefined) {
      firings.push({ ...open, endsAt: at, toldAt: at })
      open = undefined
    }
  }
  return open === undefined ? firings : [...firings, open]
}

const told = new WeakMap<MetricFact, AlertFact>()

/** The fact as an alert is told, which it is: something fires, and is resolved. What ended with its object has ended. */
export const asAlert = (fact: MetricFact, goneAt: number): AlertFact => {
  let alert = goneAt === Infinity ? told.get(fact) : undefined
  if (alert === undefined) {
    const { id, rule, source, involved, message, toldAt, records } = fact
    const firings = breachesOf(fact)
      .filter(({ startsAt }) => startsAt < goneAt)
      .map((firing) =>
        (firing.endsAt ?? Infinity) <= goneAt ? firing : { ...firing, endsAt: goneAt },
      )
      .map((firing) => (firing.endsAt === Infinity ? withoutEnd(firing) : firing))
    alert = {
      t: 'alert',
      by: source,
      fingerprint: id,
      involved,
      name: rule,
      message,
      toldAt,
      firings,
      records,
    }
    if (goneAt === Infinity) told.set(fact, alert)
  }
  return alert
}

const withoutEnd = ({ startsAt, toldAt }: Firing): Firing => ({ startsAt, toldAt })
