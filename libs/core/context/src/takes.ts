import type { ObjectFact } from './object-fact.ts'
import type { ToldRollout } from './rollout-events.ts'

/** A ReplicaSet that was taken up as the newest revision of its Deployment. */
export interface Take {
  readonly set: ObjectFact
  /** The number that this revision had; where it is not known when it was taken up again, the number that it has now. */
  readonly number: string | undefined
  /** Undefined where nobody says when. */
  readonly at: number | undefined
  /** It had been there before: a roll-back. */
  readonly again: boolean
}

interface Numbered {
  readonly set: ObjectFact
  readonly number: number
  readonly again: boolean
}

const HISTORY = 'deployment.kubernetes.io/revision-history'

const createdOf = (set: ObjectFact): number => set.object.createdAt!
const currentOf = (set: ObjectFact): number => Number(set.object.workload?.revision ?? NaN)

/** `rollout undo` gives the old ReplicaSet the next number and leaves the former ones in an annotation, oldest first. */
const numbersOf = (set: ObjectFact): number[] => {
  const former = (set.object.annotations[HISTORY] ?? '').split(',').map(Number)
  return [...former.filter((n) => Number.isInteger(n) && n > 0), currentOf(set)]
}

/**
 * All that is known of the order: by the numbers. One that is older than the set of a smaller number was there before that, whether or
 * not an annotation says so. Where a number is missing, the order is that of the creation.
 */
const numbered = (sets: readonly ObjectFact[]): Numbered[] => {
  if (sets.some((set) => Number.isNaN(currentOf(set))))
    return sets
      .toSorted((a, b) => createdOf(a) - createdOf(b))
      .map((set, number) => ({ set, number, again: false }))
  const all = sets.flatMap((set) => {
    const [first = 0, ...more] = numbersOf(set)
    const later = sets.filter((s) => createdOf(s) > createdOf(set)).flatMap((s) => numbersOf(s)[0]!)
    const before = Math.min(...later) - 0.5
    const one = { set, number: first, again: false }
    const rest = more.map((number) => ({ set, number, again: true }))
    return before < first
      ? [{ ...one, number: before }, { ...one, again: true }, ...rest]
      : [one, ...rest]
  })
  return all.sort((a, b) => a.number - b.number || createdOf(a.set) - createdOf(b.set))
}

/** The Deployment's progress dates the newest roll-back, where it is of that ReplicaSet: its message names it. */
const progressAt = (own: ObjectFact, set: ObjectFact, since: number): number | undefined => {
  const progress = own.object.workload?.conditions['Progressing']
  if (progress === undefined) return undefined
  const { message = '', at, updatedAt } = progress
  if (/ReplicaSet "/.test(message) && !message.includes(`"${set.object.name}"`)) return undefined
  return [at, updatedAt].find((time) => time !== undefined && time >= since)
}

/** When a ReplicaSet that is there already was taken up again, after the one before it: whoever can say it first. */
const againAt = (
  { set }: Numbered,
  { own, told, since, last }: Told & { readonly since: number; readonly last: boolean },
): number | undefined => {
  const name = set.object.name
  const event = told.find((t) => t.to === name && t.rollback && t.at >= since)
  if (event !== undefined || !last) return event?.at
  const written = own.object.writer?.at
  return written !== undefined && written >= since ? written : progressAt(own, set, since)
}

interface Told {
  readonly own: ObjectFact
  readonly told: readonly ToldRollout[]
}

/** The ReplicaSets of a Deployment in the order in which they were taken up; none where none is known. */
export const takesOf = (
  own: ObjectFact,
  replicaSets: readonly ObjectFact[],
  told: readonly ToldRollout[],
): Take[] => {
  const sets = replicaSets.filter(
    ({ object }) => object.workload?.template !== undefined && object.createdAt !== undefined,
  )
  const order = numbered(sets)
  let since = -Infinity
  const takes = order.map((take, i): Take => {
    const last = i === order.length - 1
    const at = take.again ? againAt(take, { own, told, since, last }) : createdOf(take.set)
    since = Math.max(since, at ?? -Infinity)
    return { set: take.set, number: String(take.number), at, again: take.again }
  })
  return takes.map((take, i) => ({ ...take, number: shownNumber(take, takes.slice(i + 1)) }))
}

/** Half numbers are ours; and while nobody says when it was taken up again, its number of today tells that it was. */
const shownNumber = ({ set, number }: Take, later: readonly Take[]): string | undefined => {
  if (later.some((t) => t.set === set && t.at === undefined)) return set.object.workload?.revision
  return Number.isInteger(Number(number)) && set.object.workload?.revision !== undefined
    ? number
    : undefined
}
