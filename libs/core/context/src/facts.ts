import type { ObjectRef, Owner, SlimObject, SourcePartition } from '@kubesift/contracts'
import { CostStore } from './cost-store.ts'
import { CALLED, edgesOf, isShared } from './edges.ts'
import { EventStore } from './event-store.ts'
import { KindIndex } from './kind-index.ts'
import { OtherFacts, type Changed, type OtherSignal } from './other-facts.ts'
import { compactHealth, joinObject, type ObjectFact } from './object-fact.ts'
import { ownerBehind } from './service-owner.ts'
import { liftOwner, type ObjectsView } from './ownership.ts'
import { selects } from './things.ts'

/** Kinds whose mere name tells two readings of a pod's name apart. */
const NAMED_KINDS: ReadonlySet<string> = new Set([
  'Job',
  'CronJob',
  'DaemonSet',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
])

export const ownerId = (owner: Pick<Owner, 'kind' | 'name'>): string =>
  `${owner.kind}/${owner.name}`

interface Member {
  owner: Owner
  id: string
}

/** Which owner everything belongs to; lifted again only when the objects that decide it have changed. */
class Membership {
  readonly ofEvent = new Map<string, Member>()
  readonly ofObject = new Map<string, Member>()
  readonly ofOther = new Map<string, Member>()
  readonly byOwner = new Map<
    string,
    { owner: Owner; events: Set<string>; objects: Set<string>; others: Set<string> }
  >()

  /** What was forgotten belongs to nobody. */
  drop(table: Map<string, Member>, list: 'events' | 'objects' | 'others', uid: string): void {
    const { id } = table.get(uid) ?? {}
    const group = id === undefined ? undefined : this.byOwner.get(id)
    table.delete(uid)
    if (id === undefined || group === undefined) return
    group[list].delete(uid)
    if (group.events.size + group.objects.size + group.others.size === 0) this.byOwner.delete(id)
  }

  place(
    table: Map<string, Member>,
    list: 'events' | 'objects' | 'others',
    uid: string,
    owner: Owner,
  ): string[] {
    const id = ownerId(owner)
    const before = table.get(uid)
    if (before?.id === id) {
      before.owner = owner
      this.byOwner.get(id)!.owner = best(this.byOwner.get(id)!.owner, owner)
      return []
    }
    table.set(uid, { owner, id })
    if (before !== undefined) this.byOwner.get(before.id)?.[list].delete(uid)
    let group = this.byOwner.get(id)
    if (group === undefined) {
      group = { owner, events: new Set(), objects: new Set(), others: new Set() }
      this.byOwner.set(id, group)
    }
    group.owner = best(group.owner, owner)
    group[list].add(uid)
    return before === undefined ? [id] : [before.id, id]
  }
}

/** What is known from objects outweighs what was inferred from names. */
const best = (a: Owner, b: Owner): Owner => {
  const rank = { objects: 2, self: 1, inferred: 0 } as const
  const better = rank[b.by] - rank[a.by]
  if (better !== 0) return better > 0 ? b : a
  return (b.uid ?? '') > (a.uid ?? '') ? b : a
}

/** The facts of one namespace of one cluster, with the indexes over them. Grows by joins; says what it touched. */
export class Facts implements ObjectsView {
  readonly events = new EventStore()
  readonly objects = new Map<string, ObjectFact>()
  readonly others = new OtherFacts()
  /** They are of nobody until they are asked for, so they touch nobody. */
  readonly costs = new CostStore()
  readonly names = new Set<string>()
  readonly membership = new Membership()
  readonly #byName = new Map<string, Set<string>>()
  readonly #kinds = new KindIndex()
  readonly #reports = new Set<string>()
  /** From which owner to which something has moved since that was last asked. */
  #moves: (readonly [from: string, to: string])[] = []
  #ownershipChanged = false
  #edgesChanged = false

  byUid(uid: string): SlimObject | undefined {
    return this.objects.get(uid)?.object
  }

  byName(kind: string, name: string): SlimObject | undefined {
    const uids = this.#byName.get(`${kind}/${name}`)
    if (uids === undefined) return undefined
    const facts = [...uids].map((uid) => this.objects.get(uid)!)
    return facts
      .sort(
        (a, b) => (a.object.createdAt ?? 0) - (b.object.createdAt ?? 0) || (a.uid < b.uid ? -1 : 1),
      )
      .at(-1)?.object
  }

  hasName(kind: string, name: string): boolean {
    return this.names.has(`${kind}/${name}`)
  }

  /** All facts of objects with this kind and name, whatever their UID. */
  named(kind: string, name: string): ObjectFact[] {
    return [...(this.#byName.get(`${kind}/${name}`) ?? [])].map((uid) => this.objects.get(uid)!)
  }

  /** The objects of a kind that is asked for as such ({@link KindIndex}), whatever their UID, by UID. */
  ofKind(kind: string): ObjectFact[] {
    return this.#kinds.of(kind).map((uid) => this.objects.get(uid)!)
  }

  /** The reports of the namespace that are about many things, by UID. */
  reports(): ObjectFact[] {
    return [...this.#reports].sort().map((uid) => this.objects.get(uid)!)
  }

  /** Joins what is neither an Event nor an object; undefined where nothing in it is new. */
  addOther(signal: OtherSignal, source: SourcePartition): Changed | undefined {
    const changed = this.others.apply(signal, source)
    if (signal.t === 'release' && changed !== undefined) this.#edgesChanged = true
    const { ofOther } = this.membership
    for (const id of changed?.gone ?? []) this.membership.drop(ofOther, 'others', id)
    return changed
  }

  /** Forgets an Event that is retired. */
  dropEvent(uid: string): void {
    this.events.delete(uid)
    this.membership.drop(this.membership.ofEvent, 'events', uid)
  }

  /** Forgets an alert that is retired. */
  dropAlert(id: string): void {
    this.others.delete(id)
    this.membership.drop(this.membership.ofOther, 'others', id)
  }

  /** Forgets an object that is gone for long. */
  dropObject(uid: string): void {
    const fact = this.objects.get(uid)
    if (fact === undefined) return
    const id = `${fact.object.kind}/${fact.object.name}`
    this.objects.delete(uid)
    this.#kinds.drop(fact)
    this.#reports.delete(uid)
    this.#byName.get(id)?.delete(uid)
    if (this.#byName.get(id)?.size === 0) this.#byName.delete(id)
    this.membership.drop(this.membership.ofObject, 'objects', uid)
  }

  /** Remembers that something of this name exists. True when that is new. */
  addName(ref: Pick<ObjectRef, 'kind' | 'name'>): boolean {
    const id = `${ref.kind}/${ref.name}`
    if (!NAMED_KINDS.has(ref.kind) || this.names.has(id)) return false
    this.names.add(id)
    this.#ownershipChanged = true
    return true
  }

  addObject(fact: ObjectFact): ObjectFact {
    const before = this.objects.get(fact.uid)
    const joined = before === undefined ? fact : joinObject(before, fact)
    this.objects.set(fact.uid, joined)
    if (edgesOf(before) !== edgesOf(joined) && this.#concernsOthers(joined))
      this.#edgesChanged = true
    if (isShared(joined)) this.#reports.add(fact.uid)
    if (before === undefined) this.#kinds.add(joined)
    if (before === undefined || ownersOf(before) !== ownersOf(joined)) {
      this.#ownershipChanged = true
      const id = `${joined.object.kind}/${joined.object.name}`
      const uids = this.#byName.get(id) ?? new Set()
      this.#byName.set(id, uids.add(fact.uid))
    }
    return joined
  }

  /** A workload that no Service has in front is called by nobody. */
  #concernsOthers({ object, revisions }: ObjectFact): boolean {
    return (
      !CALLED.has(object.kind) ||
      this.ofKind('Service').some(({ object: { service } }) =>
        revisions.some(({ template }) => selects(service?.selector ?? {}, template)),
      )
    )
  }

  /** Notes it where a fact has gone from one owner to another. */
  #moved(ids: readonly string[]): readonly string[] {
    const [from, to] = ids
    if (from !== undefined && to !== undefined) this.#moves.push([from, to])
    return ids
  }

  /** Finds whose an alert, a pattern or a metric is; answers the owners between which it has moved. */
  #placeOther(id: string): readonly string[] {
    const other = this.others.get(id)
    // Whom a release delivers is asked when they are looked at; what was forgotten in the same batch is nobody's.
    if (other === undefined || other.t === 'release') return []
    const { ofOther } = this.membership
    const known = ofOther.has(id)
    const isMetric = other.t === 'metric'
    const owner = isMetric ? ownerBehind(other.involved, this) : liftOwner(other.involved, this)
    const placed = this.membership.place(ofOther, 'others', id, owner)
    const moved = isMetric ? this.#moved(placed) : placed
    return known ? moved : []
  }

  /** The owners whose facts have gone to others since this was last asked, each with those others. */
  takeMoves(): Map<string, Set<string>> {
    const moves = new Map<string, Set<string>>()
    for (const [from, to] of this.#moves) moves.set(from, (moves.get(from) ?? new Set()).add(to))
    this.#moves = []
    return moves
  }

  compact(uid: string, watermark: number): void {
    const fact = this.objects.get(uid)
    if (fact === undefined || fact.health.length < 4) return
    const health = compactHealth(fact.health, watermark)
    if (health.length < fact.health.length) this.objects.set(uid, { ...fact, health })
  }

  /**
   * Finds the owners of these events and objects, and of all where an object that decides about ownership has arrived. Answers the owners
   * to look at again: those of the objects, those between which something has moved, and all with symptoms where it has become known who
   * talks to whom.
   */
  touchedOwners(
    eventUids: Iterable<string>,
    objectUids: Iterable<string>,
    otherIds: Iterable<string>,
  ): Set<string> {
    const touched = new Set<string>()
    const everything = this.#ownershipChanged
    this.#ownershipChanged = false
    if (everything) this.costs.unplace()
    const { ofEvent, ofObject } = this.membership
    for (const uid of everything ? this.objects.keys() : objectUids) {
      const fact = this.objects.get(uid)
      if (fact === undefined) continue
      const owner = liftOwner(fact.object, this)
      for (const id of this.#moved(this.membership.place(ofObject, 'objects', uid, owner)))
        touched.add(id)
    }
    for (const uid of everything ? this.events.keys() : eventUids) {
      const fact = this.events.get(uid)
      if (fact === undefined) continue
      const known = ofEvent.has(uid)
      const ids = this.#moved(
        this.membership.place(ofEvent, 'events', uid, liftOwner(fact.involved, this)),
      )
      if (known) for (const id of ids) touched.add(id)
    }
    for (const id of everything || this.#edgesChanged ? this.others.keys() : otherIds)
      for (const of of this.#placeOther(id)) touched.add(of)
    for (const uid of objectUids) touched.add(ofObject.get(uid)!.id)
    if (this.#edgesChanged) {
      this.#edgesChanged = false
      for (const [id, { events, others }] of this.membership.byOwner)
        if (events.size + others.size > 0) touched.add(id)
    }
    return touched
  }
}

const ownersOf = (fact: ObjectFact): string => JSON.stringify(fact.object.owners)
