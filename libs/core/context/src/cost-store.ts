import type { CostSignal, Owner, SourcePartition } from '@kubesift/contracts'
import { costFact, joinCost, type CostFact } from './cost-fact.ts'
import { liftOwner, type ObjectsView } from './ownership.ts'

/** Costs of a namespace; beyond them those whose window ended first go. */
export const MAX_COSTS = 2_000
/** What is so far behind the newest window of its namespace is not told of any more: of pods that are gone, mostly. */
export const BEHIND_MS = 24 * 3_600_000

const idOf = ({ allocation: { involved } }: CostFact): string => `${involved.kind}/${involved.name}`

/** What the things of one namespace cost, the newest window of each. What is kept does not depend on the order in which it was told. */
export class CostStore {
  readonly #facts = new Map<string, CostFact>()
  /** By owner; undefined: to be found out. */
  #byOwner: Map<string, CostFact[]> | undefined
  /** The end of the newest window; undefined: to be found out. */
  #newest: number | undefined

  get(id: string): CostFact | undefined {
    return this.#facts.get(id)
  }

  get size(): number {
    return this.#facts.size
  }

  /** Some may have gone, so that what is known of an owner may not be all. */
  get isFull(): boolean {
    return this.#facts.size >= MAX_COSTS
  }

  /** When the oldest window ended; undefined: there is none. */
  get oldest(): number | undefined {
    let oldest: number | undefined
    for (const { allocation } of this.#facts.values())
      oldest = Math.min(oldest ?? Infinity, allocation.to)
    return oldest
  }

  /** Takes up a stored fact. */
  recall(id: string, fact: CostFact): void {
    this.#facts.set(id, fact)
    this.#changed()
  }

  /** Joins what a signal says; answers the ids of what has changed, of what has gone for it too. */
  apply(signal: CostSignal, source: SourcePartition): readonly string[] {
    const fact = costFact(signal, source)
    const newest = this.#newestEnd()
    if (fact.allocation.to < newest - BEHIND_MS) return []
    const id = idOf(fact)
    const before = this.#facts.get(id)
    const after = before === undefined ? fact : joinCost(before, fact)
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(after)) return []
    this.#facts.set(id, after)
    this.#changed()
    const gone = fact.allocation.to > newest ? this.#dropBehind(fact.allocation.to) : []
    return [id, ...gone, ...this.#dropLeast()]
  }

  /** Forgets those that ended by `end` and whose owner does not keep them; answers their ids. */
  dropBefore(
    end: number,
    view: ObjectsView,
    isKept: (owner: string) => boolean,
  ): readonly string[] {
    const gone: string[] = []
    for (const [id, { allocation }] of this.#facts) {
      if (allocation.to > end || isKept(ownerOf(allocation.involved, view))) continue
      this.#facts.delete(id)
      gone.push(id)
    }
    if (gone.length > 0) this.#changed()
    return gone
  }

  /** Whose what is may have changed. */
  unplace(): void {
    this.#byOwner = undefined
  }

  /**
   * What is told of an owner, by id. OpenCost gives the runs of a CronJob as a Job of the CronJob's name.
   */
  of(owner: Pick<Owner, 'kind' | 'name'>, view: ObjectsView): readonly CostFact[] {
    this.#byOwner ??= this.#placed(view)
    const own = this.#byOwner.get(`${owner.kind}/${owner.name}`) ?? []
    if (owner.kind !== 'CronJob' || view.hasName('Job', owner.name)) return own
    return [...own, ...(this.#byOwner.get(`Job/${owner.name}`) ?? [])]
  }

  #placed(view: ObjectsView): Map<string, CostFact[]> {
    const placed = new Map<string, CostFact[]>()
    for (const [, fact] of [...this.#facts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const owner = ownerOf(fact.allocation.involved, view)
      const known = placed.get(owner)
      if (known === undefined) placed.set(owner, [fact])
      else known.push(fact)
    }
    return placed
  }

  #changed(): void {
    this.#byOwner = undefined
    this.#newest = undefined
  }

  #newestEnd(): number {
    if (this.#newest === undefined) {
      let newest = -Infinity
      for (const { allocation } of this.#facts.values()) newest = Math.max(newest, allocation.to)
      this.#newest = newest
    }
    return this.#newest
  }

  #dropBehind(newest: number): string[] {
    const gone: string[] = []
    for (const [id, { allocation }] of this.#facts) {
      if (allocation.to >= newest - BEHIND_MS) continue
      this.#facts.delete(id)
      gone.push(id)
    }
    return gone
  }

  #dropLeast(): string[] {
    if (this.#facts.size <= MAX_COSTS) return []
    let least: readonly [string, number] | undefined
    for (const [id, { allocation }] of this.#facts) {
      const { to } = allocation
      if (least === undefined || to < least[1] || (to === least[1] && id < least[0]))
        least = [id, to]
    }
    if (least === undefined) return []
    this.#facts.delete(least[0])
    return [least[0]]
  }
}

const ownerOf = (involved: CostFact['allocation']['involved'], view: ObjectsView): string => {
  const owner = liftOwner(involved, view)
  return `${owner.kind}/${owner.name}`
}
