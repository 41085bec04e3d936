import type { ProblemRule } from '@kubesift/contracts'
import { lastOf, type Firing } from './alert-fact.ts'
import type { Classifier } from './classify.ts'
import type { Facts } from './facts.ts'
import { breachesOf } from './metric-fact.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OtherFact } from './other-facts.ts'
import { signsOf } from './state-signs.ts'

/** What was told late in one record. */
export interface LateSign {
  readonly kind: string
  readonly occurrences: number
  readonly at: number
}

/** What the catalogue says is a sign of a problem. */
export type Known = Pick<Classifier, 'list' | 'metrics'>

const firingsOf = (fact: OtherFact | undefined): readonly Firing[] =>
  fact?.t === 'alert' ? fact.firings : fact?.t === 'metric' ? breachesOf(fact) : []

/** The firings of one that were known of the other, or went on until after what is retired, are none of these. */
const lateFirings = (
  before: OtherFact | undefined,
  after: OtherFact,
  through: number,
): LateSign | undefined => {
  const known = new Set(firingsOf(before).map(({ startsAt }) => startsAt))
  const late = firingsOf(after).filter((f) => !known.has(f.startsAt) && lastOf(f) <= through)
  if (late.length === 0 || after.t === 'release') return undefined
  const { kind } = after.involved
  return { kind, occurrences: late.length, at: Math.max(...late.map(lastOf)) }
}

const statesOf = (
  fact: ObjectFact,
  owner: { readonly kind: string; readonly name: string },
  rules: readonly ProblemRule[],
): (readonly [key: string, at: number])[] => {
  const { kind, name } = fact.object
  const view = {
    owner: { ...owner, by: 'self' as const },
    own: kind === owner.kind && name === owner.name ? [fact] : [],
    pods: kind === 'Pod' ? [fact] : [],
    jobs: kind === 'Job' && owner.kind !== 'Job' ? [fact] : [],
  }
  return rules.flatMap((rule) =>
    signsOf(view, rule).map(({ reason, at }) => [`${rule.problem}/${reason}@${at}`, at] as const),
  )
}

/** Of an object that was known when its owner's facts were let go: states of then that are told only now. */
const lateStates = (
  before: ObjectFact | undefined,
  after: ObjectFact,
  owner: { readonly kind: string; readonly name: string },
  { through, rules }: { readonly through: number; readonly rules: readonly ProblemRule[] },
): LateSign | undefined => {
  if (after.firstAt > through) return undefined
  const known = new Set(before === undefined ? [] : statesOf(before, owner, rules).map(([k]) => k))
  const late = statesOf(after, owner, rules).filter(([key, at]) => at <= through && !known.has(key))
  if (late.length === 0) return undefined
  return {
    kind: after.object.kind,
    occurrences: late.length,
    at: Math.max(...late.map(([, at]) => at)),
  }
}

/** Since it was asked last, what was known of the objects, alerts and metrics that something new has been told of. */
export class LateSigns {
  readonly #objects = new Map<string, ObjectFact | undefined>()
  readonly #others = new Map<string, OtherFact | undefined>()

  object(uid: string, before: ObjectFact | undefined): void {
    if (!this.#objects.has(uid)) this.#objects.set(uid, before)
  }

  other(id: string, before: OtherFact | undefined): void {
    if (!this.#others.has(id)) this.#others.set(id, before)
  }

  clear(): void {
    this.#objects.clear()
    this.#others.clear()
  }

  /** What of it tells only of what is retired; `throughOf` an owner, until when. */
  *take(
    facts: Facts,
    { list: rules, metrics }: Known,
    throughOf: (id: string | undefined) => number | undefined,
  ): Generator<LateSign> {
    const { ofObject, ofOther } = facts.membership
    for (const [uid, before] of this.#objects) {
      const [fact, member] = [facts.objects.get(uid), ofObject.get(uid)]
      const through = throughOf(member?.id)
      if (fact === undefined || member === undefined || through === undefined) continue
      const late = lateStates(before, fact, member.owner, { through, rules })
      if (late !== undefined) yield late
    }
    for (const [id, before] of this.#others) {
      const fact = facts.others.get(id)
      const through = throughOf(ofOther.get(id)?.id)
      if (fact === undefined || through === undefined) continue
      if (fact.t === 'metric' && metrics.classify(fact).as !== 'problem') continue
      const late = lateFirings(before, fact, through)
      if (late !== undefined) yield late
    }
    this.clear()
  }
}
