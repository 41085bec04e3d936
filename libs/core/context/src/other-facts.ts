import type { Signal, SourcePartition } from '@kubesift/contracts'
import { alertFact, joinAlert, type AlertFact } from './alert-fact.ts'
import { joinRelease, releaseFact, type ReleaseFact } from './release-fact.ts'

/** What is neither an Event nor an object. */
export type OtherFact = AlertFact | ReleaseFact
export type OtherSignal = Extract<Signal, { readonly t: OtherFact['t'] }>

export const isOther = (signal: Signal): signal is OtherSignal =>
  signal.t === 'alert' || signal.t === 'release'

/** Facts of one namespace by their id, each kind with a join of its own. */
export class OtherFacts {
  readonly #facts = new Map<string, OtherFact>()

  get(id: string): OtherFact | undefined {
    return this.#facts.get(id)
  }

  keys(): Iterable<string> {
    return this.#facts.keys()
  }

  alerts(): (readonly [string, AlertFact])[] {
    return [...this.#facts].flatMap(([id, fact]) => (fact.t === 'alert' ? [[id, fact]] : []))
  }

  /** By id: what is derived must not depend on the order in which things became known. */
  releases(): ReleaseFact[] {
    return [...this.#facts]
      .filter((entry): entry is [string, ReleaseFact] => entry[1].t === 'release')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, fact]) => fact)
  }

  /** Takes up a stored fact. */
  recall(id: string, fact: OtherFact): void {
    this.#facts.set(id, fact)
  }

  /** Joins what a signal says; answers the id of the fact that holds it now, undefined where that has nothing new in it. */
  apply(signal: OtherSignal, source: SourcePartition): string | undefined {
    if (signal.t === 'alert') {
      const id = `alert/${signal.alert.fingerprint}`
      this.#facts.set(id, joined(this.#facts.get(id), alertFact(signal, source)))
      return id
    }
    const { kind, namespace, name } = signal.release.involved
    const id = `release/${kind}/${namespace}/${name}`
    const before = this.#facts.get(id)
    const fact = joined(before, releaseFact(signal, source))
    if (before !== undefined && sameRelease(before, fact)) return undefined
    this.#facts.set(id, fact)
    return id
  }
}

const joined = (before: OtherFact | undefined, fact: OtherFact): OtherFact => {
  if (before?.t === 'alert' && fact.t === 'alert') return joinAlert(before, fact)
  return before?.t === 'release' && fact.t === 'release' ? joinRelease(before, fact) : fact
}

/** A delivery tool looks at its objects every few minutes, and mostly finds what it found before. */
const sameRelease = (a: OtherFact, b: OtherFact): boolean =>
  a.t === 'release' &&
  b.t === 'release' &&
  JSON.stringify([a.members, a.deployments]) === JSON.stringify([b.members, b.deployments])
