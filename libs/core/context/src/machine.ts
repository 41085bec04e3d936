import type { Owner, Position, Signal, SourcePartition } from '@kubesift/contracts'
import type { Classifier } from './classify.ts'
import { deriveOwner, type Derived, type OwnerResult } from './derive.ts'
import { eventFact, isRepeat, type EventFact } from './event-fact.ts'
import { Facts, ownerId } from './facts.ts'
import { objectFact, type ObjectFact } from './object-fact.ts'
import { memoryAfter, NO_MEMORY, type OwnerMemory } from './owner-memory.ts'
import type { OwnerView } from './owner-view.ts'
import type { Surroundings } from './spells.ts'

/** The state of a namespace as a flat map of fields, each written only when it has changed. */
export type Fields = Map<string, string>

export interface Settled {
  /** Contexts to publish: full state, without version. */
  readonly contexts: (Derived & { readonly movedTo?: string })[]
  /** Fields of the stored state that have changed. */
  readonly fields: Fields
  /** The earliest watermark at which something may have to be decided again; null: none. */
  readonly nextDecisionAt: number | null
  /** Whether owners are left whose newest counts have not been derived: settle everything before long. */
  readonly stale: boolean
}

const EVENT = 'e:'
const OBJECT = 'o:'
const MEMORY = 'm:'
const NAMES = 'names'

const NO_MEMORY_TEXT = JSON.stringify(NO_MEMORY)
const SCALING = 'ScalingReplicaSet'

/**
 * One namespace of one cluster: joins signals to facts and derives contexts. Pure: the same signals, in any order, with the same
 * watermarks, give the same fields and contexts. Whoever owns it feeds it, writes `fields` and then publishes `contexts`.
 */
export class NamespaceMachine {
  readonly cluster: string
  readonly namespace: string
  readonly #classifier: Classifier
  readonly #facts = new Facts()
  readonly #memory = new Map<string, OwnerMemory>()
  /** Each memory as it was last written, to tell whether it has changed. */
  readonly #written = new Map<string, string>()
  readonly #events = new Set<string>()
  /** Events that were told again, with a higher count and nothing else that is new. */
  readonly #repeats = new Set<string>()
  /** Owners of which only repeats have come since they were derived last. */
  readonly #stale = new Set<string>()
  readonly #objects = new Set<string>()
  #namesChanged = false

  constructor(cluster: string, namespace: string, classifier: Classifier) {
    this.cluster = cluster
    this.namespace = namespace
    this.#classifier = classifier
  }

  /** Takes up a state that was stored; nothing is touched by it. */
  load(fields: Iterable<readonly [string, string]>): void {
    for (const [name, value] of fields) {
      if (name.startsWith(EVENT)) this.#facts.addEvent(JSON.parse(value) as EventFact)
      else if (name.startsWith(OBJECT)) this.#facts.addObject(JSON.parse(value) as ObjectFact)
      else if (name.startsWith(MEMORY)) this.#remember(name.slice(MEMORY.length), value)
      else if (name === NAMES) for (const id of JSON.parse(value) as string[]) this.#addName(id)
    }
    this.#facts.touchedOwners([], [])
    this.#namesChanged = false
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
      this.#namesChanged = true
  }

  /** Joins one signal to the facts. */
  apply(signal: Signal, source: SourcePartition): void {
    const position = (offset: number): Position => ({ ...source, offset })
    if (signal.t === 'unclassified') return
    if (signal.t === 'object') {
      const fact = this.#facts.addObject(objectFact(signal, position))
      this.#objects.add(fact.uid)
      this.#addName(ownerId(fact.object))
      return
    }
    this.#addName(ownerId(signal.involved))
    const fact = eventFact(signal, position)
    // Most Normal events are only context: the raw topic keeps them, the state does not.
    if (this.#classifier.classify(fact).as === 'context' && fact.reason !== SCALING) return
    const before = this.#facts.events.get(fact.uid)
    const joined = this.#facts.addEvent(fact)
    if (before === undefined || !isRepeat(before, joined)) this.#events.add(fact.uid)
    else this.#repeats.add(fact.uid)
  }

  /**
   * Decides: derives the owners that were touched, and those whose hour has come by the watermark. In a storm most of what comes are
   * repeats of what is open already; with `everything` false their owners are left for later, and the answer says so.
   */
  settle(watermark: number | null, gaps: Surroundings['gaps'], everything = true): Settled {
    const fields: Fields = new Map()
    const touched = this.#facts.touchedOwners(this.#events, this.#objects)
    this.#placeRepeats(touched, everything, fields)
    for (const [id, memory] of this.#memory) {
      if (
        memory.nextDecisionAt !== null &&
        watermark !== null &&
        memory.nextDecisionAt <= watermark
      )
        touched.add(id)
    }
    const contexts = [...touched].sort().flatMap((id) => {
      const decided = this.#decide(id, watermark, gaps)
      this.#write(id, decided.memory, fields)
      this.#stale.delete(id)
      return decided.contexts
    })
    for (const uid of [...this.#events, ...this.#repeats])
      fields.set(EVENT + uid, JSON.stringify(this.#facts.events.get(uid)))
    for (const uid of this.#objects) {
      if (watermark !== null) this.#facts.compact(uid, watermark)
      fields.set(OBJECT + uid, JSON.stringify(this.#facts.objects.get(uid)))
    }
    if (this.#namesChanged) fields.set(NAMES, JSON.stringify([...this.#facts.names]))
    this.#events.clear()
    this.#repeats.clear()
    this.#objects.clear()
    this.#namesChanged = false
    return { contexts, fields, nextDecisionAt: this.nextDecisionAt(), stale: this.#stale.size > 0 }
  }

  #placeRepeats(touched: Set<string>, everything: boolean, fields: Fields): void {
    for (const uid of this.#repeats) {
      const { id } = this.#facts.membership.ofEvent.get(uid)!
      if (touched.has(id) || this.#stale.has(id)) continue
      const memory = this.#memory.get(id)
      if (everything || memory?.active !== true) touched.add(id)
      else {
        this.#stale.add(id)
        this.#write(id, { ...memory, stale: true }, fields)
      }
    }
    if (everything) for (const id of this.#stale) touched.add(id)
  }

  #write(id: string, memory: OwnerMemory, fields: Fields): void {
    const text = JSON.stringify(memory)
    if (text === (this.#written.get(id) ?? NO_MEMORY_TEXT)) return
    this.#memory.set(id, memory)
    this.#written.set(id, text)
    fields.set(MEMORY + id, text)
  }

  /** Everything published so far, once more: after a crash between writing state and publishing. */
  republish(watermark: number | null, gaps: Surroundings['gaps']): Settled['contexts'] {
    return [...this.#memory.keys()]
      .sort()
      .flatMap((id) => this.#decide(id, watermark, gaps).contexts)
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
      .flatMap((id) => this.#derive(id, watermark, gaps).contexts)
    const ignored = [...this.#facts.events.values()].flatMap((fact) => {
      const result = this.#classifier.classify(fact)
      return result.as === 'ignored'
        ? [{ fact, why: result.why, owner: this.#facts.membership.ofEvent.get(fact.uid)?.id ?? '' }]
        : []
    })
    return { contexts, ignored }
  }

  #derive(id: string, watermark: number | null, gaps: Surroundings['gaps']): OwnerResult {
    const view = this.#view(id)
    if (view === undefined) return { contexts: [], absorbed: new Map(), nextDecisionAt: null }
    return deriveOwner(view, {
      rules: [...this.#classifier.rules.values()],
      watermark,
      gaps,
      frozen: new Map(Object.entries(this.#memory.get(id)?.frozen ?? {})),
      objectByUid: (uid) => this.#facts.objects.get(uid),
    })
  }

  #decide(
    id: string,
    watermark: number | null,
    gaps: Surroundings['gaps'],
  ): { contexts: Settled['contexts']; memory: OwnerMemory } {
    const before = this.#memory.get(id) ?? NO_MEMORY
    const result = this.#derive(id, watermark, gaps)
    const open = result.contexts.filter((c) => c.spells.some((s) => s.openedAt !== null))
    const keys = new Set(open.map((c) => c.key))
    const left = before.published.filter((key) => !keys.has(key))
    const moved = left.flatMap((key) => this.#moved(key, id, result))
    return { contexts: [...open, ...moved], memory: memoryAfter(before, result, keys, watermark) }
  }

  /** A key that was published and now has no symptoms of its own: the truth has moved them. */
  #moved(key: string, id: string, result: OwnerResult): Settled['contexts'] {
    const stay = result.contexts.find((c) => c.key === key)
    const to = result.absorbed.get(key)
    if (stay !== undefined) return [{ ...stay, ...(to === undefined ? {} : { movedTo: to }) }]
    if (to === undefined) return []
    const target = result.contexts.find((c) => c.key === to)
    return target === undefined ? [] : [{ ...target, key, movedTo: to }]
  }

  #view(id: string): OwnerView | undefined {
    const group = this.#facts.membership.byOwner.get(id)
    if (group === undefined) return undefined
    // By UID: what is derived must not depend on the order in which things became known.
    const facts = [...group.events].sort().map((uid) => this.#facts.events.get(uid)!)
    const objects = [...group.objects].sort().map((uid) => this.#facts.objects.get(uid)!)
    const owner: Owner = group.owner
    return {
      cluster: this.cluster,
      namespace: this.namespace,
      owner,
      symptoms: facts.flatMap((fact) => {
        const result = this.#classifier.classify(fact)
        return result.as === 'problem' ? [{ fact, rule: result.rule }] : []
      }),
      rolloutEvents: facts.filter((f) => f.reason === SCALING && f.involved.kind === owner.kind),
      own: this.#facts.named(owner.kind, owner.name).sort((a, b) => (a.uid < b.uid ? -1 : 1)),
      pods: objects.filter((o) => o.object.kind === 'Pod'),
      replicaSets: objects.filter((o) => o.object.kind === 'ReplicaSet'),
      jobs: objects.filter((o) => o.object.kind === 'Job' && owner.kind !== 'Job'),
    }
  }
}
