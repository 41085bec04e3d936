import type { ObjectRef } from '@kubesift/contracts'
import { occurrencesOf, type EventFact } from './event-fact.ts'
import { scalingIn, type Grown } from './grown.ts'

/** A roll-out as the Deployment controller's own Events tell it: which ReplicaSet took over from which. */
export interface ToldRollout {
  readonly object: ObjectRef
  readonly at: number
  /** Undefined where no Event names a ReplicaSet before it: then it may be the first one, and nothing ran before. */
  readonly from: string | undefined
  readonly to: string
  /** It had run before. */
  readonly rollback: boolean
}

interface Scaling extends Grown {
  readonly object: ObjectRef
}

/** An Event that was told again tells the same once more; one that combines several has kept only what it told first of each. */
const scalingsOf = (fact: EventFact): Scaling[] => {
  const said = fact.combined ? undefined : scalingIn(fact.message)
  const told =
    said === undefined
      ? (fact.grown ?? [])
      : occurrencesOf(fact).flatMap(({ at, add }) => (add > 0 ? [{ ...said, at }] : []))
  return told.map((grown) => ({ ...grown, object: fact.involved }))
}

/** In one whole second the new one grows before the old one goes. */
const ORDER = { grew: 0, between: 1, left: 2 } as const
const inOrder = (a: Scaling, b: Scaling): number =>
  a.at - b.at ||
  ORDER[a.how ?? 'grew'] - ORDER[b.how ?? 'grew'] ||
  (a.replicaSet < b.replicaSet ? -1 : 1)

/** Of one that shrinks, or is there, before any Event tells how it began: it was there already. */
const thereBefore = (all: readonly Scaling[]): string[] => {
  const first = new Map<string, Scaling>()
  for (const s of all) if (!first.has(s.replicaSet)) first.set(s.replicaSet, s)
  return [...first.values()].flatMap((s) => (s.how === undefined ? [] : [s.replicaSet]))
}

/** A Deployment that is scaled to nothing takes all its ReplicaSets down, within this time. */
const ALL_DOWN_MS = 60_000

class Walk {
  readonly rollouts: ToldRollout[] = []
  readonly #all: readonly Scaling[]
  /** In the order in which they were taken up; the last one is in force. */
  readonly #alive: string[]
  readonly #seen: Set<string>
  #current: string | undefined

  constructor(all: readonly Scaling[]) {
    this.#all = all
    this.#alive = thereBefore(all)
    this.#seen = new Set(this.#alive)
    // Of several nobody says which is the newest.
    this.#current = this.#alive.length === 1 ? this.#alive[0] : undefined
  }

  take(scaling: Scaling): void {
    const { replicaSet, how } = scaling
    if (how === 'between') return
    const at = this.#alive.indexOf(replicaSet)
    if (at !== -1) this.#alive.splice(at, 1)
    if (how === undefined) this.#takeUp(scaling, replicaSet)
    else if (replicaSet === this.#current) this.#goBack(scaling)
  }

  #takeUp({ at, object }: Scaling, to: string): void {
    this.#alive.push(to)
    if (to === this.#current) return
    this.rollouts.push({ object, at, from: this.#current, to, rollback: this.#seen.has(to) })
    this.#seen.add(to)
    this.#current = to
  }

  /** The one in force is taken down: an older one that stays has its place again. */
  #goBack(scaling: Scaling): void {
    const to = this.#alive.findLast((name) => !this.#goesToo(name, scaling.at))
    if (to !== undefined) {
      this.#alive.splice(this.#alive.indexOf(to), 1)
      this.#takeUp(scaling, to)
    }
  }

  #goesToo(name: string, since: number): boolean {
    return this.#all.some(
      (s) =>
        s.replicaSet === name && s.how === 'left' && s.at >= since && s.at <= since + ALL_DOWN_MS,
    )
  }
}

/** The roll-outs of a Deployment, oldest first, from its ScalingReplicaSet Events alone. */
export const rolloutsTold = (events: readonly EventFact[]): ToldRollout[] => {
  const all = events.flatMap(scalingsOf).sort(inOrder)
  const walk = new Walk(all)
  for (const scaling of all) walk.take(scaling)
  return walk.rollouts
}
