import { Below, type Symptom } from './below.ts'
import type { Classifier } from './classify.ts'
import type { Facts } from './facts.ts'
import type { Memories } from './memories.ts'
import type { OtherFact } from './other-facts.ts'
import { NO_MEMORY, type OwnerMemory } from './owner-memory.ts'
import { asEvent } from './pattern-fact.ts'
import type { Fields } from './stored-facts.ts'

/** Nothing of it has ever opened. */
const isClosed = (memory: OwnerMemory | undefined): boolean =>
  memory === undefined ||
  (memory.open.length === 0 && memory.published.length === 0 && memory.ignored === undefined)

/** Which owners of a namespace are looked at now for what has come, and which can wait. */
export class Looks {
  /** Owners of which only repeats have come since they were derived last. */
  readonly stale = new Set<string>()
  readonly #facts: Facts
  readonly #memory: Memories
  readonly #classifier: Classifier
  readonly #below = new Below()

  constructor(facts: Facts, memory: Memories, classifier: Classifier) {
    this.#facts = facts
    this.#memory = memory
    this.#classifier = classifier
  }

  /** What was known of this owner does not hold any more. */
  forget(id: string): void {
    this.#below.forget(id)
  }

  /** At most so many of those that wait are looked at, the first of them first. */
  takeWaiting(most: number, touched: Set<string>): void {
    let left = most
    for (const id of this.stale) {
      if (left <= 0) return
      touched.add(id)
      left -= 1
    }
  }

  /** The owner was derived: it waits no longer. */
  decided(id: string, memory: OwnerMemory, signs: number): void {
    this.stale.delete(id)
    if (isClosed(memory)) this.#below.derived(id, signs, () => this.#symptomsOf(id))
    else this.#below.forget(id)
  }

  /** An Event of a problem that is open and goes on can wait, and one by which nothing can open changes nothing; any other is looked at now. */
  event(uid: string, touched: Set<string>, fields: Fields): void {
    const id = this.#facts.membership.ofEvent.get(uid)?.id
    // It came too late, or there is nothing to decide anew.
    if (id === undefined || touched.has(id)) return
    const memory = this.#memory.get(id)
    const result = this.#classifier.classify(this.#facts.events.peek(uid)!)
    if (result.as !== 'problem') return void touched.add(id)
    if (memory?.open.includes(result.rule.problem)) return this.#wait(id, memory, fields)
    const { events, objects, others } = this.#facts.membership.byOwner.get(id)!
    if (!isClosed(memory) || others.size > 0 || events.size === 0) return void touched.add(id)
    const symptom = { ...result, fact: this.#facts.events.get(uid)! }
    const hasObjects = objects.size > 0
    const symptoms = (): Iterable<Symptom> => this.#symptomsOf(id)
    if (this.#below.mayOpen(id, symptom, { hasObjects, symptoms })) touched.add(id)
    else this.#lookBy(id, memory, symptom.fact.firstAt + result.rule.ttl, fields)
  }

  /** The stretches of an owner that is not derived end as well, and by then it is: an end that the watermark has passed is frozen. */
  #lookBy(id: string, memory: OwnerMemory = NO_MEMORY, due: number, fields: Fields): void {
    const { nextDecisionAt: next } = memory
    if (next === null || due < next)
      this.#memory.write(id, { ...memory, nextDecisionAt: due }, fields)
  }

  *#symptomsOf(id: string): Generator<Symptom> {
    for (const uid of this.#facts.membership.byOwner.get(id)?.events ?? []) {
      const fact = this.#facts.events.get(uid)!
      const result = this.#classifier.classify(fact)
      if (result.as === 'problem') yield { ...result, fact }
    }
  }

  #wait(id: string, memory: OwnerMemory, fields: Fields): void {
    if (this.stale.has(id)) return
    this.stale.add(id)
    this.#memory.write(id, { ...memory, stale: true }, fields)
  }

  /** An alert is looked at now. A pattern is where it is a symptom that opens something; it waits beside what is open, and else says nothing. */
  other(other: string, touched: Set<string>, fields: Fields): void {
    const fact = this.#facts.others.get(other)
    const id = this.#facts.membership.ofOther.get(other)?.id
    if (fact === undefined || id === undefined || touched.has(id)) return
    const memory = this.#memory.get(id)
    const open = memory?.open ?? []
    const result = fact.t === 'pattern' ? this.#classifier.classify(asEvent(fact)) : undefined
    const isNew = result?.as === 'problem' && !open.includes(result.rule.problem)
    if (fact.t === 'alert' || isNew || this.#opens(fact)) touched.add(id)
    else if (memory !== undefined && open.length > 0) this.#wait(id, memory, fields)
  }

  /** A metric of which the catalogue says that it opens something is looked at now; another waits as patterns do. */
  #opens(fact: OtherFact): boolean {
    return fact.t === 'metric' && this.#classifier.metrics.classify(fact).as === 'problem'
  }
}
