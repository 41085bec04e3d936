import type { Signal, SourcePartition } from '@kubesift/contracts'
import { alertFact, joinAlert, type AlertFact } from './alert-fact.ts'

/** What is neither an Event nor an object. */
export type OtherFact = AlertFact
export type OtherSignal = Extract<Signal, { readonly t: OtherFact['t'] }>

export const isOther = (signal: Signal): signal is OtherSignal => signal.t === 'alert'

/** Facts of one namespace by their id, each kind with a join of its own. */
export class OtherFacts {
  readonly #facts = new Map<string, OtherFact>()

  get(id: string): OtherFact | undefined {
    return this.#facts.get(id)
  }

  entries(): Iterable<readonly [string, OtherFact]> {
    return this.#facts.entries()
  }

  keys(): Iterable<string> {
    return this.#facts.keys()
  }

  /** Takes up a stored fact. */
  recall(id: string, fact: OtherFact): void {
    this.#facts.set(id, fact)
  }

  /** Joins what a signal says; answers the id of the fact that holds it now. */
  apply(signal: OtherSignal, source: SourcePartition): string {
    const id = `alert/${signal.alert.fingerprint}`
    const before = this.#facts.get(id)
    const fact = alertFact(signal, source)
    this.#facts.set(id, before === undefined ? fact : joinAlert(before, fact))
    return id
  }
}
