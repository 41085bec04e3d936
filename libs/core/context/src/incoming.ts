import type {
  AgainSignal,
  CostSignal,
  EventSignal,
  Signal,
  SourcePartition,
} from '@kubesift/contracts'
import type { Classifier } from './classify.ts'
import { eventFact } from './event-fact.ts'
import { ownerId, type Facts } from './facts.ts'
import { objectFact } from './object-fact.ts'
import { isOther } from './other-facts.ts'
import { Passed } from './passed.ts'
import type { Retirement } from './retirement.ts'
import { nameOf, type Unsaved } from './stored-facts.ts'
import { TELLING } from './view-of.ts'

/** What signals are joined to. */
export interface Joined {
  readonly facts: Facts
  readonly classifier: Classifier
  readonly retirement: Retirement
  /** What has changed since the last snapshot. */
  readonly unsaved: Unsaved
}

/** What has come of a namespace since it was settled last. */
export class Incoming {
  /** Events that are new, or of which more than the count is. */
  readonly events = new Set<string>()
  /** Events that were told again, with a higher count and nothing else that is new. */
  readonly repeats = new Set<string>()
  readonly objects = new Set<string>()
  readonly others = new Set<string>()
  /** New Events that the catalogue knows as noise, by why. */
  noise = new Map<string, number>()
  readonly #facts: Facts
  readonly #classifier: Classifier
  readonly #retirement: Retirement
  readonly #unsaved: Unsaved
  readonly #passed = new Passed()

  constructor({ facts, classifier, retirement, unsaved }: Joined) {
    this.#facts = facts
    this.#classifier = classifier
    this.#retirement = retirement
    this.#unsaved = unsaved
  }

  /** All of it was looked at. */
  settled(): void {
    this.events.clear()
    this.repeats.clear()
    this.objects.clear()
    this.others.clear()
    this.noise = new Map()
  }

  #addName(id: string): void {
    if (this.#facts.addName(nameOf(id))) this.#unsaved.names = true
  }

  /** Joins one signal to the facts. */
  apply(signal: Signal, source: SourcePartition): void {
    if (signal.t === 'again') return this.#applyAgain(signal, source)
    if (signal.t === 'event') return this.#applyEvent(signal, source)
    if (signal.t === 'unclassified') return
    if (signal.t === 'cost') return this.#applyCost(signal, source)
    if (isOther(signal)) {
      const changed = this.#facts.addOther(signal, source)
      if (changed !== undefined) {
        this.others.add(changed.id)
        this.#retirement.told('other', changed.id, changed.before)
        if (signal.t === 'alert') this.#retirement.note(signal.alert.endsAt ?? signal.toldAt)
        if (signal.t === 'metric') this.#retirement.note(signal.at)
      }
      for (const id of changed === undefined ? [] : [changed.id, ...changed.gone])
        this.#unsaved.others.add(id)
      return
    }
    this.#retirement.told('object', signal.object.uid, this.#facts.objects.get(signal.object.uid))
    const fact = this.#facts.addObject(objectFact(signal, (offset) => ({ ...source, offset })))
    this.objects.add(fact.uid)
    // Another run may let the one before go.
    if (fact.deletedAt !== undefined || fact.object.kind === 'Job')
      this.#retirement.note(fact.deletedAt ?? fact.observedAt)
    this.#unsaved.objects.add(fact.uid)
    this.#addName(ownerId(fact.object))
  }

  /** A cost touches nobody: it is told with what is told next of its owner. */
  #applyCost(signal: CostSignal, source: SourcePartition): void {
    for (const id of this.#facts.costs.apply(signal, source)) this.#unsaved.costs.add(id)
    this.#retirement.noteCost(signal.allocation.to)
  }

  #applyAgain(signal: AgainSignal, source: SourcePartition): void {
    const { uid } = signal
    if (this.#passed.has(uid) || !this.#facts.events.again(signal, source)) return
    this.repeats.add(uid)
    this.#unsaved.events.add(uid)
  }

  #applyEvent(signal: EventSignal, source: SourcePartition): void {
    const { event } = signal
    if (this.#passed.hasHead(event)) return
    if (this.#facts.events.tellAgain(signal, source)) {
      this.repeats.add(event.uid)
      this.#unsaved.events.add(event.uid)
      return
    }
    this.#addName(ownerId(event.involved))
    const fact = eventFact(signal, source)
    for (const { replicaSet } of fact.grown ?? []) this.#addName(`ReplicaSet/${replicaSet}`)
    // Most Normal events are only context: the raw topic keeps them, the state does not.
    const result = this.#classifier.classify(fact)
    if (result.as === 'context' && !TELLING.has(fact.reason)) {
      this.#facts.events.forgo(event.uid)
      if (this.#facts.events.peek(event.uid) === undefined) this.#passed.add(event)
      return
    }
    this.#passed.delete(event.uid)
    if (result.as === 'ignored' && this.#facts.events.peek(event.uid) === undefined)
      this.noise.set(result.why, (this.noise.get(result.why) ?? 0) + 1)
    // What such an Event tells of roll-outs is read from each telling.
    if (this.#facts.events.peek(event.uid) === undefined) this.#unsaved.newEvents += 1
    this.#facts.events.add(fact, fact.grown === undefined ? event : undefined)
    this.#retirement.note(fact.top.at)
    this.events.add(event.uid)
    this.#unsaved.events.add(event.uid)
  }
}
