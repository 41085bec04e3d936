import type { AlertSignal, ObjectRef, Position, SourcePartition } from '@kubesift/contracts'
import { firstAndLast } from './event-fact.ts'
import { union } from './union.ts'

/** One alert: from when it fired until it was resolved, as the newest telling has it. */
export interface Firing {
  readonly startsAt: number
  /** Absent while it fires. */
  readonly endsAt?: number
  readonly toldAt: number
}

/** The alerts of one set of labels. Grows by {@link joinAlert} only. */
export interface AlertFact {
  readonly t: 'alert'
  /** What measured it, where it is a metric that crossed a threshold; absent: Alertmanager. */
  readonly by?: string
  readonly fingerprint: string
  readonly involved: ObjectRef
  readonly name: string
  readonly severity?: string
  readonly message: string
  /** The newest telling of any of them: those are the words shown. */
  readonly toldAt: number
  readonly firings: readonly Firing[]
  readonly records: readonly Position[]
}

/** Until when it is known to have fired. */
export const lastOf = ({ startsAt, endsAt = Infinity, toldAt }: Firing): number =>
  Math.max(startsAt, Math.min(toldAt, endsAt))

/** So many firings of one alert are kept, the newest: one that flaps every minute is told apart for an hour. */
export const MAX_FIRINGS = 64

/** Who was told last says how it is; of the same moment an end outweighs none, and the later end the earlier. */
const later = (a: Firing, b: Firing): Firing =>
  a.toldAt === b.toldAt
    ? (a.endsAt ?? -Infinity) >= (b.endsAt ?? -Infinity)
      ? a
      : b
    : a.toldAt > b.toldAt
      ? a
      : b

const wordsOf = ({ message, severity = '', name, involved }: AlertFact): string =>
  JSON.stringify([message, severity, name, involved])

/** Whose words are shown: those of the newest telling. */
const speaker = (a: AlertFact, b: AlertFact): AlertFact => {
  const order = a.toldAt - b.toldAt
  return order === 0 ? (wordsOf(a) >= wordsOf(b) ? a : b) : order > 0 ? a : b
}

/** The least fact that holds both: commutative, associative, idempotent (property-tested). */
export const joinAlert = (a: AlertFact, b: AlertFact): AlertFact => ({
  ...speaker(a, b),
  firings: union(a.firings, b.firings, {
    key: ({ startsAt }) => String(startsAt),
    order: (x, y) => x.startsAt - y.startsAt,
    pick: later,
    keep: MAX_FIRINGS,
  }),
  records: firstAndLast([...a.records, ...b.records]),
})

/** What one signal says, as a fact. */
export const alertFact = (
  { alert, toldAt, offsets }: AlertSignal,
  source: SourcePartition,
): AlertFact => {
  const { fingerprint, involved, name, severity, message, startsAt, endsAt } = alert
  return {
    t: 'alert',
    fingerprint,
    involved,
    name,
    ...(severity === undefined ? {} : { severity }),
    message,
    toldAt,
    firings: [{ startsAt, ...(endsAt === undefined ? {} : { endsAt }), toldAt }],
    records: firstAndLast(offsets.map((offset) => ({ ...source, offset }))),
  }
}
