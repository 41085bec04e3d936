import type { Context, Signal, SignalChunk, SourcePartition } from '@kubesift/contracts'
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
import type { Derived, OwnerResult } from './derive.ts'
import { Facts, ownerId } from './facts.ts'
import { Incoming } from './incoming.ts'
import { ignoredOf, type IgnoredFact } from './ignored.ts'
import { News } from './news.ts'
import { Looks } from './looks.ts'
import { Memories } from './memories.ts'
import { decidedAs, ledgerOf, NO_MEMORY, type Counted } from './owner-memory.ts'
import { Retirement, type Decided } from './retirement.ts'
import type { Surroundings } from './spells.ts'
import type { Settled } from './settled.ts'
import { takeField, Unsaved, type Fields } from './stored-facts.ts'

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
  /** What has changed since the last snapshot. */
  readonly #unsaved = new Unsaved()
  readonly #news = new News<Published>()

  readonly #incoming: Incoming
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
    this.#incoming = new Incoming({
      facts: this.#facts,
      classifier,
      retirement: this.#retirement,
      unsaved: this.#unsaved,
    })
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
    this.#incoming.settled()
  }

  /** Joins one signal to the facts. */
  apply(signal: Signal, source: SourcePartition): void {
    this.#coldness.touched()
    this.#incoming.apply(signal, source)
  }

  /**
   * Decides: derives the owners that were touched, and those whose hour has come by the watermark. In a storm most of what comes goes on
   * with what is open already; of such owners at most so many are looked at, those first that have waited longest. The others are left for
   * later, and the answer says so.
   */
  settle(watermark: number | null, gaps: Surroundings['gaps'], most = Infinity): Settled {
    const fields: Fields = new Map()
    const { events, repeats, objects, others, noise } = this.#incoming
    const touched = this.#facts.touchedOwners(events, objects, others)
    const moves = this.#facts.takeMoves()
    for (const [from, to] of moves) for (const id of [from, ...to]) this.#looks.forget(id)
    const { late } = this.#retirement
    this.#retirement.dropLate(this.#facts, events, this.#classifier)
    this.#retirement.dropAlerts(this.#facts, others)
    const isLate = late !== this.#retirement.late
    if (isLate) this.#retirement.writeLate(fields)
    for (const id of others) this.#looks.other(id, touched, fields)
    for (const uids of [events, repeats])
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
    if (watermark !== null) for (const uid of objects) this.#facts.compact(uid, watermark)
    this.#incoming.settled()
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
    const memory = decidedAs(this.#memory.get(id) ?? NO_MEMORY, told)
    this.#memory.write(id, memory, fields)
    const live = (): OwnerResult => deriveLive(this.#standing, id, at)
    this.#retirement.adopt(id, told, { memory, live }, fields)
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
    const { events, objects, others } = this.#incoming
    this.#facts.touchedOwners(events, objects, others)
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
