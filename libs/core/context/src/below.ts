import type { Opening, ProblemRule } from '@kubesift/contracts'
import type { EventFact } from './event-fact.ts'

/** A symptom: what was said, of which problem, and what it takes to open where that is its own. */
export interface Symptom {
  readonly fact: EventFact
  readonly rule: ProblemRule
  readonly opens?: Opening
}

interface Sums {
  /** Occurrences of the problem. */
  all: number
  readonly byObject: Map<string, number>
  /** The fewest occurrences that may open it, and those of one object that may. */
  fewest: number
  fewestOfObject: number
}

interface Tally {
  /** How much of each Event is in the sums. */
  readonly counted: Map<string, number>
  readonly byProblem: Map<string, Sums>
  /** What states add at most; undefined where nobody has looked yet. */
  states: number | undefined
}

/**
 * Owners of which nothing has opened yet, and how far they may be from it. Most of what a cluster says opens nothing, and to derive an owner
 * for each of its Events is dear. The sums are upper bounds (whatever began anew after a pause or a recovery, or came while its object was
 * going, is in them), so whoever cannot have opened by them has not. Nothing of it is stored: it is added up again when it is asked for.
 */
export class Below {
  readonly #tallies = new Map<string, Tally>()

  /** What was known of this owner's sums does not hold any more. */
  forget(id: string): void {
    this.#tallies.delete(id)
  }

  /**
   * The owner was derived and nothing is open: its states add so much to what Events say. Its sums begin anew, since what came in the same
   * batch after it was known that it will be derived was added to none.
   */
  derived(id: string, states: number, symptoms: () => Iterable<Symptom>): void {
    this.#tallies.delete(id)
    this.#tallyOf(id, symptoms).states = states
  }

  /**
   * Whether the owner may have opened by this symptom, which counts from now on. `symptoms` are all that it has, asked for where nothing
   * is known of it; one with objects that was never derived may always have.
   */
  mayOpen(
    id: string,
    symptom: Symptom,
    about: { readonly hasObjects: boolean; readonly symptoms: () => Iterable<Symptom> },
  ): boolean {
    const tally = this.#tallyOf(id, about.symptoms)
    if (tally.states === undefined && about.hasObjects) return true
    const sums = add(tally, symptom)
    const ofObject = sums.byObject.get(objectOf(symptom.fact)) ?? 0
    const states = tally.states ?? 0
    return sums.all + states >= sums.fewest || ofObject + states >= sums.fewestOfObject
  }

  #tallyOf(id: string, symptoms: () => Iterable<Symptom>): Tally {
    let tally = this.#tallies.get(id)
    if (tally === undefined) {
      tally = { counted: new Map(), byProblem: new Map(), states: undefined }
      for (const symptom of symptoms()) add(tally, symptom)
      this.#tallies.set(id, tally)
    }
    return tally
  }
}

const objectOf = ({ involved: { uid = '', kind, name } }: EventFact): string =>
  uid === '' ? `${kind}/${name}` : uid

const add = (tally: Tally, { fact, rule, opens = rule.opens }: Symptom): Sums => {
  let sums = tally.byProblem.get(rule.problem)
  if (sums === undefined) {
    sums = { all: 0, byObject: new Map(), fewest: Infinity, fewestOfObject: Infinity }
    tally.byProblem.set(rule.problem, sums)
  }
  if (opens.per === 'object') sums.fewestOfObject = Math.min(sums.fewestOfObject, opens.count)
  else sums.fewest = Math.min(sums.fewest, opens.count)
  // An Event is one occurrence at least, whatever its count says.
  const n = Math.max(1, fact.top.n)
  const more = n - (tally.counted.get(fact.uid) ?? 0)
  if (more <= 0) return sums
  tally.counted.set(fact.uid, n)
  sums.all += more
  const object = objectOf(fact)
  sums.byObject.set(object, (sums.byObject.get(object) ?? 0) + more)
  return sums
}
