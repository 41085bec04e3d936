import type {
  EventSignal,
  ObjectRef,
  Position,
  SourcePartition,
  Telling,
} from '@kubesift/contracts'
import { grownOf, joinGrown, type Grown } from './grown.ts'

/** After this many occurrences (n), the Event had last been seen at this instant (at). */
export interface Step {
  readonly n: number
  readonly at: number
}

/** What is known of one stored Event. Grows by {@link joinEvent} only. */
export interface EventFact {
  readonly uid: string
  /** The series of repeats that it is of; absent: it is one by itself. */
  readonly series?: string
  readonly involved: ObjectRef
  readonly reason: string
  readonly type: string
  readonly message: string
  readonly component?: string
  readonly host?: string
  readonly firstAt: number
  /** When this stored Event was made, where its series is older. */
  readonly madeAt?: number
  /** The largest count, and when. */
  readonly top: Step
  /** The steps to it, thinned by {@link isKept}, by n. */
  readonly steps: readonly Step[]
  /** How far its series had counted before it; only where it is looked at as a part of that (`inSeries`). */
  readonly before?: number
  readonly combined: boolean
  /** Some source told the count itself (core/v1 `count`, or `series`); false: repeats may be invisible. */
  readonly counted: boolean
  /** Counted one by one: no recorder has thinned it. */
  readonly everyOne?: true
  /** Revisions whose beginning it told of; only with ScalingReplicaSet. */
  readonly grown?: readonly Grown[]
  /** First and last record that spoke of it. */
  readonly records: readonly Position[]
}

const MAX_INT32 = 2 ** 31 - 1

/**
 * Which steps are kept: those whose count has at most five significant bits (all up to 32, then every 16th part). A rule of the single
 * step, so that thinning commutes with joining.
 */
export const isKept = (n: number): boolean => {
  if (n < 32) return true
  // As many bits behind the first five as there are: none of them set. It is asked for every telling of a storm.
  if (n <= MAX_INT32) return (n & ((1 << (27 - Math.clz32(n))) - 1)) === 0
  let unit = 1
  while (n / unit >= 32) unit *= 2
  return n % unit === 0
}

const comparePositions = (a: Position, b: Position): number =>
  (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) ||
  a.partition - b.partition ||
  a.offset - b.offset

export const firstAndLast = (positions: readonly Position[]): Position[] => {
  if (positions.length === 0) return []
  const sorted = [...positions].sort(comparePositions)
  const first = sorted[0]!
  const last = sorted.at(-1)!
  return comparePositions(first, last) === 0 ? [first] : [first, last]
}

const joinRecords = (a: readonly Position[], b: readonly Position[]): readonly Position[] => {
  const [first, lastOfA, firstOfB, last] = [a[0], a.at(-1), b[0], b.at(-1)]
  const inOrder =
    first !== undefined &&
    lastOfA !== undefined &&
    firstOfB !== undefined &&
    last !== undefined &&
    comparePositions(lastOfA, firstOfB) < 0
  return inOrder ? [first, last] : firstAndLast([...a, ...b])
}

const maxStep = (a: Step, b: Step): Step =>
  a.n === b.n ? { n: a.n, at: Math.max(a.at, b.at) } : a.n > b.n ? a : b

/** Both lists are by n; so is the union. In a storm `b` is one step behind the end of `a`. */
const joinSteps = (a: readonly Step[], b: readonly Step[]): readonly Step[] => {
  if (b.length === 0) return a
  if (a.length === 0) return b
  if ((a.at(-1) as Step).n < (b[0] as Step).n) return [...a, ...b]
  const out: Step[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]]
    if (right === undefined || (left !== undefined && left.n < right.n)) {
      out.push(left as Step)
      i += 1
    } else if (left === undefined || right.n < left.n) {
      out.push(right)
      j += 1
    } else {
      out.push(maxStep(left, right))
      i += 1
      j += 1
    }
  }
  return out
}

const larger = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined ? b : b === undefined || a >= b ? a : b

const optional = <K extends string>(
  key: K,
  value: string | undefined,
): { readonly [P in K]?: string } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string }

/** Sources name the same object with more or fewer fields; field by field the larger text wins, which is the present one. */
const joinRef = (a: ObjectRef, b: ObjectRef): ObjectRef => (sameRef(a, b) ? a : largerRef(a, b))

const sameRef = (a: ObjectRef, b: ObjectRef): boolean =>
  a.uid === b.uid &&
  a.name === b.name &&
  a.namespace === b.namespace &&
  a.kind === b.kind &&
  a.apiVersion === b.apiVersion &&
  a.fieldPath === b.fieldPath

const largerRef = (a: ObjectRef, b: ObjectRef): ObjectRef => ({
  kind: larger(a.kind, b.kind)!,
  namespace: larger(a.namespace, b.namespace)!,
  name: larger(a.name, b.name)!,
  ...optional('uid', larger(a.uid, b.uid)),
  ...optional('apiVersion', larger(a.apiVersion, b.apiVersion)),
  ...optional('fieldPath', larger(a.fieldPath, b.fieldPath)),
})

const messageOf = (a: EventFact, b: EventFact): string =>
  a.top.n === b.top.n ? larger(a.message, b.message)! : a.top.n > b.top.n ? a.message : b.message

const withMadeAt = (a: number | undefined, b: number | undefined): Pick<EventFact, 'madeAt'> =>
  a === undefined && b === undefined ? {} : { madeAt: Math.max(a ?? -Infinity, b ?? -Infinity) }

const withGrown = (grown: readonly Grown[]): Pick<EventFact, 'grown'> =>
  grown.length === 0 ? {} : { grown }

/** The least fact that holds both: commutative, associative, idempotent (property-tested). */
export const joinEvent = (a: EventFact, b: EventFact): EventFact => ({
  uid: a.uid,
  ...optional('series', larger(a.series, b.series)),
  involved: joinRef(a.involved, b.involved),
  reason: larger(a.reason, b.reason)!,
  type: larger(a.type, b.type)!,
  message: messageOf(a, b),
  ...optional('component', larger(a.component, b.component)),
  ...optional('host', larger(a.host, b.host)),
  firstAt: Math.min(a.firstAt, b.firstAt),
  ...withMadeAt(a.madeAt, b.madeAt),
  combined: a.combined || b.combined,
  counted: a.counted || b.counted,
  ...withGrown(joinGrown(a.grown ?? [], b.grown ?? [])),
  ...joinTold(a, b),
})

/** What was told of an Event by records of one raw partition. */
export interface Heard {
  readonly tellings: readonly Telling[]
  readonly source: SourcePartition
}

/** The steps that are kept of what was told, by n; of one n the latest. What comes in order, as most does, is taken as it comes. */
const stepsOf = (heard: readonly Heard[]): readonly Step[] => {
  const steps: Step[] = []
  let inOrder = true
  for (const { tellings } of heard) {
    for (const { n, at } of tellings) {
      if (!isKept(n)) continue
      const last = steps.at(-1)
      if (last !== undefined && n <= last.n) inOrder = false
      steps.push({ n, at })
    }
  }
  if (inOrder) return steps
  const byCount = new Map<number, Step>()
  for (const step of steps) {
    const before = byCount.get(step.n)
    byCount.set(step.n, before === undefined ? step : maxStep(before, step))
  }
  return [...byCount.values()].sort((a, b) => a.n - b.n)
}

const topOf = (heard: readonly Heard[]): Step => {
  let top = { n: 0, at: -Infinity }
  for (const { tellings } of heard) {
    for (const { n, at } of tellings) if (n > top.n || (n === top.n && at > top.at)) top = { n, at }
  }
  return top
}

const recordsOf = ({ tellings, source }: Heard): readonly Position[] => {
  let first = Infinity
  let last = -Infinity
  for (const { offset, lastOffset = offset } of tellings) {
    first = Math.min(first, offset, lastOffset)
    last = Math.max(last, offset, lastOffset)
  }
  const { topic, partition } = source
  const position = (offset: number): Position => ({ topic, partition, offset })
  return first === last ? [position(first)] : [position(first), position(last)]
}

/** What tellings say of an Event, whichever it is: how often, when, and where that stands. */
export type Told = Pick<EventFact, 'top' | 'steps' | 'records'>

export const toldBy = (heard: readonly Heard[]): Told => ({
  top: topOf(heard),
  steps: stepsOf(heard),
  records: heard.map(recordsOf).reduce(joinRecords),
})

export const joinTold = (a: Told, b: Told): Told => ({
  top: maxStep(a.top, b.top),
  steps: joinSteps(a.steps, b.steps),
  records: joinRecords(a.records, b.records),
})

/** What is known of an Event, with what was told of it again: of its count and its time, nothing else. */
export const factAgain = (fact: EventFact, told: Told): EventFact => ({
  ...fact,
  ...joinTold(fact, told),
})

type Draft = { -readonly [K in keyof EventFact]: EventFact[K] }

/** What one signal says, as a fact. */
export const eventFact = (
  { event, tellings }: Pick<EventSignal, 'event' | 'tellings'>,
  source: SourcePartition,
): EventFact => {
  const { top, steps, records } = toldBy([{ tellings, source }])
  const fact: Draft = {
    uid: event.uid,
    involved: event.involved,
    reason: event.reason,
    type: event.type,
    message: event.message,
    firstAt: event.firstAt,
    combined: event.combined ?? false,
    counted: !(event.seriesDropped ?? false),
    top,
    steps,
    records,
  }
  if (event.component !== undefined) fact.component = event.component
  if (event.host !== undefined) fact.host = event.host
  if (event.series !== undefined) fact.series = event.series
  if (event.madeAt !== undefined) fact.madeAt = event.madeAt
  const grown = grownOf(event, tellings)
  if (grown.length > 0) fact.grown = grown
  return fact
}

export interface Occurrence {
  readonly at: number
  /** How many occurrences this instant stands for. */
  readonly add: number
  /** Where it stands for several: when they began. A dump shows only the first and the last of them. */
  readonly since?: number
}

/**
 * Hands over the occurrences of a fact in the order of their counts, as {@link occurrencesOf} lists them; `since` is NaN for a single one.
 * Without an object for each: a fact of a storm has hundreds, and is looked at again and again.
 */
export const eachOccurrence = (
  fact: EventFact,
  take: (at: number, add: number, since: number) => void,
): void => {
  const { steps, top, firstAt, before } = fact
  take(firstAt, 1, NaN)
  let told = (before ?? 0) + 1
  let since = firstAt
  const next = ({ n, at }: Step): void => {
    if (n > told + 1) take(at, n - told, since)
    else if (n > told) take(at, 1, NaN)
    // The same single occurrence told again later (a refreshed Event) moves lastSeen, not the count.
    else if (at > firstAt) take(at, 0, NaN)
    told = Math.max(told, n)
    since = at
  }
  for (let i = 0; i < steps.length; i += 1) next(steps[i] as Step)
  if (steps.at(-1)?.n !== top.n) next(top)
}

/** The fact as a timeline; the sum of `add` is what it counts. The first is dated by `firstAt`, later ones by the step that told them. */
export const occurrencesOf = (fact: EventFact): Occurrence[] => {
  const out: Occurrence[] = []
  eachOccurrence(fact, (at, add, since) =>
    out.push(Number.isNaN(since) ? { at, add } : { at, add, since }),
  )
  return out
}
