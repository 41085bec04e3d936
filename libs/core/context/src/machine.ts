import type {
  AgainSignal,
  Context,
  CostSignal,
  EventSignal,
  Signal,
  SignalChunk,
  SourcePartition,
} from '@kubesift/contracts'
import type { Classifier } from './classify.ts'
import { Coldness } from './coldness.ts'
import {
  decide,
  derive,
  deriveLive,
  ignoreRuleFor,
  type AsOf,
  type Published,
  type Standing,
} from './decide.ts'
import type { Derived } from './derive.ts'
import { eventFact } from './event-fact.ts'
import { Facts, ownerId } from './facts.ts'
import { ignoredOf, type IgnoredFact } from './ignored.ts'
import { News } from './news.ts'
import { objectFact } from './object-fact.ts'
import { isOther } from './other-facts.ts'
import { Looks } from './looks.ts'
import { Memories } from './memories.ts'
import { ledgerOf, NO_MEMORY, type Counted } from './owner-memory.ts'
import { Passed } from './passed.ts'
import { Retirement, type Decided } from './retirement.ts'
import type { Surroundings } from './spells.ts'
import type { Settled } from './settled.ts'
import { nameOf, takeField, Unsaved, type Fields } from './stored-facts.ts'
import { TELLING } from './view-of.ts'

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
  readonly #memory = new Memories()
  /** Events that are new, or of which more than the count is. */
  readonly #events = new Set<string>()
  /** Events that were told again, with a higher count and nothing else that is new. */
  readonly #repeats = new Set<string>()
  readonly #objects = new Set<string>()
  readonly #others = new Set<string>()
  /** What has changed since the last snapshot. */
  readonly #unsaved = new Unsaved()
  readonly #passed = new Passed()
  #noise = new Map<string, number>()
  readonly #news = new News<Published>()

  readonly #looks: Looks
  readonly #retirement: Retirement
  readonly #coldness: Coldness

  /** `retireAfterMs`: how long the watermark must have passed the end of an owner until its facts are let go; by default they never are. */
  constructor(
    cluster: string,
    namespace: string,
    classifier: Classifier,
    retireAfterMs = Infinity,
  ) {
    this.#retirement = new Retirement(retireAfterMs)
    this.#coldness = new Coldness(retireAfterMs, {
      facts: this.#facts,
      memory: this.#memory,
      retirement: this.#retirement,
    })
    this.cluster = cluster
    this.namespace = namespace
    this.#classifier = classifier
    this.#looks = new Looks(this.#facts, this.#memory, classifier)
  }

  /** Takes up a state: the fields that were stored, and the chunks that came after the last snapshot. Nothing is touched by it. */
  load(
    fields: Iterable<readonly [string, string]>,
    chunks: Iterable<Pick<SignalChunk, 'source' | 'signals'>> = [],
  ): void {
    for (const [name, value] of fields) {
      if (this.#coldness.take(name, value)) continue
      const taken = this.#memory.take(name, value)
      if (taken?.memory.stale === true) this.#looks.stale.add(taken.id)
      if (taken === undefined && !this.#retirement.take(name, value))
        takeField(this.#facts, name, value)
    }
    for (const { source, signals } of chunks)
      for (const signal of signals) this.apply(signal, source)
    const { events, objects, others } = this.#facts
    this.#facts.touchedOwners(events.keys(), objects.keys(), others.keys())
    this.#facts.takeMoves()
    this.#retirement.dropStoredLate(this.#facts, this.#classifier)
    this.#settled()
  }

  #addName(id: string): void {
    if (this.#facts.addName(nameOf(id))) this.#unsaved.names = true
  }

  /** Joins one signal to the facts. */
  apply(signal: Signal, source: SourcePartition): void {
    this.#coldness.touched()
    if (signal.t === 'again') return this.#applyAgain(signal, source)
    if (signal.t === 'event') return this.#applyEvent(signal, source)
    if (signal.t === 'unclassified') return
    if (signal.t === 'cost') return this.#applyCost(signal, source)
    if (isOther(signal)) {
      const changed = this.#facts.addOther(signal, source)
      if (changed !== undefined) {
        this.#others.add(changed.id)
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
    this.#objects.add(fact.uid)
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
    if (result.as === 'context' && !TELLING.has(fact.reason)) {
      this.#facts.events.forgo(event.uid)
      if (this.#facts.events.peek(event.uid) === undefined) this.#passed.add(event)
      return
    }
    this.#passed.delete(event.uid)
    if (result.as === 'ignored' && this.#facts.events.peek(event.uid) === undefined)
      this.#noise.set(result.why, (this.#noise.get(result.why) ?? 0) + 1)
    // What such an Event tells of roll-outs is read from each telling.
    if (this.#facts.events.peek(event.uid) === undefined) this.#unsaved.newEvents += 1
    this.#facts.events.add(fact, fact.grown === undefined ? event : undefined)
    this.#retirement.note(fact.top.at)
    this.#events.add(event.uid)
    this.#unsaved.events.add(event.uid)
  }

  /**
   * Decides: derives the owners that were touched, and those whose hour has come by the watermark. In a storm most of what comes goes on
   * with what is open already; of such owners at most so many are looked at, those first that have waited longest. The others are left for
   * later, and the answer says so.
   */
  settle(watermark: number | null, gaps: Surroundings['gaps'], most = Infinity): Settled {
    const fields: Fields = new Map()
    const touched = this.#facts.touchedOwners(this.#events, this.#objects, this.#others)
    const moves = this.#facts.takeMoves()
    for (const [from, to] of moves) for (const id of [from, ...to]) this.#looks.forget(id)
    const { late } = this.#retirement
    this.#retirement.dropLate(this.#facts, this.#events, this.#classifier)
    this.#retirement.dropAlerts(this.#facts, this.#others)
    const isLate = late !== this.#retirement.late
    if (isLate) this.#retirement.writeLate(fields)
    for (const id of this.#others) this.#looks.other(id, touched, fields)
    for (const uids of [this.#events, this.#repeats])
      for (const uid of uids) this.#looks.event(uid, touched, fields)
    this.#looks.takeWaiting(most, touched)
    if (watermark !== null) for (const id of this.#memory.due(watermark)) touched.add(id)
    const due = this.#retirement.due(this.#facts, watermark)
    for (const id of due ?? []) touched.add(id)
    const quiet = new Map<string, Decided>()
    let talks = false
    const ignored: Counted[] = []
    const standing = this.#standing
    const contexts = [...touched].sort().flatMap((id) => {
      const decided = decide(standing, id, { watermark, gaps }, moves.get(id))
      ignored.push(...ledgerOf(this.#memory.get(id), decided.memory))
      this.#memory.write(id, decided.memory, fields)
      this.#retirement.close(id, decided, fields)
      const news = decided.contexts.filter((context) => this.#news.take(context))
      // What is said now must have gone out before it is the last word; it is asked again at the next watermark.
      if (due?.has(id) === true && news.length === 0) quiet.set(id, decided)
      else if (due?.has(id) === true) talks = true
      this.#looks.decided(id, decided.memory, decided.result.signs)
      return news
    })
    if (due !== undefined && watermark !== null) this.#retire({ due, quiet }, watermark, fields)
    if (talks && watermark !== null) this.#retirement.lookAgain(watermark)
    const noise = this.#noise
    if (watermark !== null) for (const uid of this.#objects) this.#facts.compact(uid, watermark)
    this.#settled()
    return {
      contexts,
      fields,
      cold: this.#coldness.settle(watermark, fields),
      nextDecisionAt: this.nextDecisionAt(),
      ignored,
      noise,
      late: isLate ? this.#retirement.late : undefined,
      stale: this.#looks.stale.size > 0,
    }
  }

  /**
   * After a loss, when all has been joined that this context was told from and is left, and it is settled: what it holds beyond that is
   * kept. Answers the fields to store.
   */
  adopt(told: Context, at: AsOf): Fields {
    const fields: Fields = new Map()
    const id = ownerId(told.owner)
    this.#retirement.adopt(id, told, deriveLive(this.#standing, id, at), fields)
    return fields
  }

  #retire(
    about: { readonly due: ReadonlySet<string>; readonly quiet: ReadonlyMap<string, Decided> },
    watermark: number,
    fields: Fields,
  ): void {
    const { quiet } = about
    const isOpen = (id: string): boolean => (this.#memory.get(id)?.open.length ?? 0) > 0
    for (const id of quiet.keys()) this.#looks.forget(id)
    for (const id of this.#retirement.settle(this.#facts, about, watermark, {
      unsaved: this.#unsaved,
      isOpen,
      fields,
    })) {
      const { anew: _, ...memory } = this.#memory.get(id) ?? NO_MEMORY
      this.#memory.write(id, memory, fields)
      for (const key of memory.published) this.#news.forget(key)
    }
  }

  /** Owners that are open and go on, and are left for later. */
  get waiting(): number {
    return this.#looks.stale.size
  }

  /** Facts were let go: a snapshot is to be stored in the place of all signals so far, before any of them can come back. */
  get mustSave(): boolean {
    return this.#unsaved.mustSave
  }

  /** Events and objects that are kept. */
  get size(): { readonly events: number; readonly objects: number } {
    return { events: [...this.#facts.events.keys()].length, objects: this.#facts.objects.size }
  }

  #settled(): void {
    this.#events.clear()
    this.#repeats.clear()
    this.#objects.clear()
    this.#others.clear()
    this.#noise = new Map()
  }

  /** Events that no snapshot has held so far: so many fields more the next one has. */
  get newEvents(): number {
    return this.#unsaved.newEvents
  }

  /** The fields of what has changed since the last snapshot: with them in place, the signals until now need not be kept. */
  snapshot(): Fields {
    return this.#unsaved.fields(this.#facts)
  }

  /** Everything published so far, once more: after a crash between writing state and publishing. */
  republish(watermark: number | null, gaps: Surroundings['gaps']): Settled['contexts'] {
    const contexts = [...this.#memory.ids()]
      .sort()
      .flatMap((id) => decide(this.#standing, id, { watermark, gaps }).contexts)
    for (const context of contexts) this.#news.take(context)
    return contexts
  }

  nextDecisionAt(): number | null {
    const times = [this.#memory.nextDecisionAt(), this.#retirement.nextAt, this.#coldness.nextAt]
    return times.reduce((a, b) => (a === null || b === null ? (a ?? b) : Math.min(a, b)))
  }

  /** Every key with a symptom, opened or not (triage lists what was not opened and why). */
  all(
    watermark: number | null,
    gaps: Surroundings['gaps'],
  ): { contexts: Derived[]; ignored: readonly IgnoredFact[] } {
    this.#facts.touchedOwners(this.#events, this.#objects, this.#others)
    const contexts = [...this.#facts.membership.byOwner.keys()]
      .sort()
      .flatMap((id) => derive(this.#standing, id, { watermark, gaps }).contexts)
    return { contexts, ignored: ignoredOf(this.#facts, this.#classifier) }
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
      retiredOf: (id) => this.#retirement.of(id),
    }
  }
}
