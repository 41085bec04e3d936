import type {
  AgainSignal,
  Context,
  EventSignal,
  Signal,
  SignalChunk,
  SourcePartition,
} from '@kubesift/contracts'
import type { Classifier } from './classify.ts'
import { decide, derive, ignoreRuleFor, type Published, type Standing } from './decide.ts'
import type { Derived } from './derive.ts'
import { eventFact, type EventFact, type Told } from './event-fact.ts'
import { Facts, ownerId } from './facts.ts'
import { objectFact, type ObjectFact } from './object-fact.ts'
import { News } from './news.ts'
import { ledgerOf, NO_MEMORY, type Counted, type OwnerMemory } from './owner-memory.ts'
import { Passed } from './passed.ts'
import type { Surroundings } from './spells.ts'
import { SCALING } from './view-of.ts'

/** The state of a namespace as a flat map of fields. */
export type Fields = Map<string, string>

export interface Settled {
  /** Contexts to publish, of which something is new: full state, without version. */
  readonly contexts: Published[]
  /** Fields of the owners' memory that have changed: to be written before the contexts are published. */
  readonly fields: Fields
  /** The earliest watermark at which something may have to be decided again; null: none. */
  readonly nextDecisionAt: number | null
  /** What the operators' rules have newly kept shut. */
  readonly ignored: readonly Counted[]
  /** New Events that the catalogue knows as noise, by why. */
  readonly noise: ReadonlyMap<string, number>
  /** Whether owners are left whose newest counts have not been derived: settle everything before long. */
  readonly stale: boolean
}

const EVENT = 'e:'
const OBJECT = 'o:'
const MEMORY = 'm:'
const NAMES = 'names'
const EARLY = 'early'

const NO_MEMORY_TEXT = JSON.stringify(NO_MEMORY)

/**
 * One namespace of one cluster: joins signals to facts and derives contexts. Pure: the same signals, in any order, with the same
 * watermarks, give the same facts and contexts. Whoever owns it keeps what it was fed since the last `snapshot` together with the fields
 * that `settle` answers, and then publishes the contexts; snapshot, fields and signals give the machine again (`load`).
 */
export class NamespaceMachine {
  readonly cluster: string
  readonly namespace: string
  readonly #classifier: Classifier
  readonly #facts = new Facts()
  readonly #memory = new Map<string, OwnerMemory>()
  /** Each memory as it was last written, to tell whether it has changed. */
  readonly #written = new Map<string, string>()
  /** Events that are new, or of which more than the count is. */
  readonly #events = new Set<string>()
  /** Events that were told again, with a higher count and nothing else that is new. */
  readonly #repeats = new Set<string>()
  /** Owners of which only repeats have come since they were derived last. */
  readonly #stale = new Set<string>()
  readonly #objects = new Set<string>()
  /** What has changed since the last snapshot. */
  readonly #unsaved = { events: new Set<string>(), objects: new Set<string>(), names: false }
  readonly #passed = new Passed()
  #noise = new Map<string, number>()
  readonly #news = new News<Published>()

  constructor(cluster: string, namespace: string, classifier: Classifier) {
    this.cluster = cluster
    this.namespace = namespace
    this.#classifier = classifier
  }

  /** Takes up a state: the fields that were stored, and the chunks that came after the last snapshot. Nothing is touched by it. */
  load(
    fields: Iterable<readonly [string, string]>,
    chunks: Iterable<Pick<SignalChunk, 'source' | 'signals'>> = [],
  ): void {
    for (const [name, value] of fields) {
      if (name.startsWith(EVENT)) this.#facts.events.add(JSON.parse(value) as EventFact)
      else if (name.startsWith(OBJECT)) this.#facts.addObject(JSON.parse(value) as ObjectFact)
      else if (name.startsWith(MEMORY)) this.#remember(name.slice(MEMORY.length), value)
      else if (name === NAMES) for (const id of JSON.parse(value) as string[]) this.#addName(id)
      else if (name === EARLY) this.#facts.events.recall(JSON.parse(value) as [string, Told][])
    }
    this.#unsaved.names = false
    for (const { source, signals } of chunks)
      for (const signal of signals) this.apply(signal, source)
    this.#facts.touchedOwners(this.#facts.events.keys(), this.#facts.objects.keys())
    this.#facts.takeMoves()
    this.#settled()
  }

  #remember(id: string, text: string): void {
    const memory = JSON.parse(text) as OwnerMemory
    this.#memory.set(id, memory)
    this.#written.set(id, text)
    if (memory.stale === true) this.#stale.add(id)
  }

  #addName(id: string): void {
    const slash = id.indexOf('/')
    if (this.#facts.addName({ kind: id.slice(0, slash), name: id.slice(slash + 1) }))
      this.#unsaved.names = true
  }

  /** Joins one signal to the facts. */
  apply(signal: Signal, source: SourcePartition): void {
    if (signal.t === 'again') return this.#applyAgain(signal, source)
    if (signal.t === 'event') return this.#applyEvent(signal, source)
    if (signal.t === 'unclassified') return
    const fact = this.#facts.addObject(objectFact(signal, (offset) => ({ ...source, offset })))
    this.#objects.add(fact.uid)
    this.#unsaved.objects.add(fact.uid)
    this.#addName(ownerId(fact.object))
  }

  #applyAgain(signal: AgainSignal, source: SourcePartition): void {
    const { uid } = signal
    if (this.#passed.has(uid) || !this.#facts.events.again(signal, source)) return
    this.#repeats.add(uid)
    this.#unsaved.events.add(uid)
  }

  #applyEvent(signal: EventSignal, source: SourcePartition): void {
    const { event } = signal
    if (this.#passed.hasHead(event)) return
    if (this.#facts.events.tellAgain(signal, source)) {
      this.#repeats.add(event.uid)
      this.#unsaved.events.add(event.uid)
      return
    }
    this.#addName(ownerId(event.involved))
    const fact = eventFact(signal, source)
    for (const { replicaSet } of fact.grown ?? []) this.#addName(`ReplicaSet/${replicaSet}`)
    // Most Normal events are only context: the raw topic keeps them, the state does not.
    const result = this.#classifier.classify(fact)
    if (result.as === 'context' && fact.reason !== SCALING) {
      this.#facts.events.forgo(event.uid)
      if (this.#facts.events.peek(event.uid) === undefined) this.#passed.add(event)
      return
    }
    this.#passed.delete(event.uid)
    if (result.as === 'ignored' && this.#facts.events.peek(event.uid) === undefined)
      this.#noise.set(result.why, (this.#noise.get(result.why) ?? 0) + 1)
    // What such an Event tells of roll-outs is read from each telling.
    this.#facts.events.add(fact, fact.grown === undefined ? event : undefined)
    this.#events.add(event.uid)
    this.#unsaved.events.add(event.uid)
  }

  /**
   * Decides: derives the owners that were touched, and those whose hour has come by the watermark. In a storm most of what comes goes on
   * with what is open already; with `everything` false such owners are left for later, and the answer says so.
   */
  settle(watermark: number | null, gaps: Surroundings['gaps'], everything = true): Settled {
    const fields: Fields = new Map()
    const touched = this.#facts.touchedOwners(this.#events, this.#objects)
    const moves = this.#facts.takeMoves()
    for (const uids of [this.#events, this.#repeats])
      for (const uid of uids) this.#place(uid, touched, fields)
    if (everything) for (const id of this.#stale) touched.add(id)
    for (const [id, memory] of this.#memory) {
      if (
        memory.nextDecisionAt !== null &&
        watermark !== null &&
        memory.nextDecisionAt <= watermark
      )
        touched.add(id)
    }
    const ignored: Counted[] = []
    const standing = this.#standing
    const contexts = [...touched].sort().flatMap((id) => {
      const decided = decide(standing, id, { watermark, gaps }, moves.get(id))
      ignored.push(...ledgerOf(this.#memory.get(id), decided.memory))
      this.#write(id, decided.memory, fields)
      this.#stale.delete(id)
      return decided.contexts.filter((context) => this.#news.take(context))
    })
    const noise = this.#noise
    if (watermark !== null) for (const uid of this.#objects) this.#facts.compact(uid, watermark)
    this.#settled()
    const nextDecisionAt = this.nextDecisionAt()
    return { contexts, fields, nextDecisionAt, ignored, noise, stale: this.#stale.size > 0 }
  }

  #settled(): void {
    this.#events.clear()
    this.#repeats.clear()
    this.#objects.clear()
    this.#noise = new Map()
  }

  /** An Event of a problem that is open and goes on can wait; any other is looked at now. */
  #place(uid: string, touched: Set<string>, fields: Fields): void {
    const { id } = this.#facts.membership.ofEvent.get(uid)!
    if (touched.has(id)) return
    const memory = this.#memory.get(id)
    const result = this.#classifier.classify(this.#facts.events.peek(uid)!)
    const goesOn =
      memory !== undefined && result.as === 'problem' && memory.open.includes(result.rule.problem)
    if (!goesOn) touched.add(id)
    else if (!this.#stale.has(id)) {
      this.#stale.add(id)
      this.#write(id, { ...memory, stale: true }, fields)
    }
  }

  #write(id: string, memory: OwnerMemory, fields: Fields): void {
    const text = JSON.stringify(memory)
    if (text === (this.#written.get(id) ?? NO_MEMORY_TEXT)) return
    this.#memory.set(id, memory)
    this.#written.set(id, text)
    fields.set(MEMORY + id, text)
  }

  /** The fields of what has changed since the last snapshot: with them in place, the signals until now need not be kept. */
  snapshot(): Fields {
    const { events, objects, names } = this.#unsaved
    const fields: Fields = new Map()
    for (const uid of events) fields.set(EVENT + uid, JSON.stringify(this.#facts.events.get(uid)))
    for (const uid of objects)
      fields.set(OBJECT + uid, JSON.stringify(this.#facts.objects.get(uid)))
    if (names) fields.set(NAMES, JSON.stringify([...this.#facts.names]))
    if (this.#facts.events.earlyChanged)
      fields.set(EARLY, JSON.stringify(this.#facts.events.early()))
    events.clear()
    objects.clear()
    this.#unsaved.names = false
    return fields
  }

  /** Everything published so far, once more: after a crash between writing state and publishing. */
  republish(watermark: number | null, gaps: Surroundings['gaps']): Settled['contexts'] {
    const contexts = [...this.#memory.keys()]
      .sort()
      .flatMap((id) => decide(this.#standing, id, { watermark, gaps }).contexts)
    for (const context of contexts) this.#news.take(context)
    return contexts
  }

  nextDecisionAt(): number | null {
    let next: number | null = null
    for (const { nextDecisionAt } of this.#memory.values()) {
      if (nextDecisionAt !== null && (next === null || nextDecisionAt < next)) next = nextDecisionAt
    }
    return next
  }

  /** Every key with a symptom, opened or not (triage lists what was not opened and why). */
  all(
    watermark: number | null,
    gaps: Surroundings['gaps'],
  ): { contexts: Derived[]; ignored: { fact: EventFact; why: string; owner: string }[] } {
    this.#facts.touchedOwners(this.#events, this.#objects)
    const contexts = [...this.#facts.membership.byOwner.keys()]
      .sort()
      .flatMap((id) => derive(this.#standing, id, { watermark, gaps }).contexts)
    const ignored = this.#facts.events.all().flatMap((fact) => {
      const result = this.#classifier.classify(fact)
      return result.as === 'ignored'
        ? [{ fact, why: result.why, owner: this.#facts.membership.ofEvent.get(fact.uid)?.id ?? '' }]
        : []
    })
    return { contexts, ignored }
  }

  /** The operators' rule that says that this is no incident. */
  ignoredBy(context: Derived): Context['ignored'] {
    return ignoreRuleFor(this.#standing, context)
  }

  get #standing(): Standing {
    return {
      cluster: this.cluster,
      namespace: this.namespace,
      facts: this.#facts,
      classifier: this.#classifier,
      memoryOf: (id) => this.#memory.get(id),
    }
  }
}
