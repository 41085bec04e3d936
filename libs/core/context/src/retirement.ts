import { lastOf, type Firing } from './alert-fact.ts'
import type { OwnerResult } from './derive.ts'
import { CALLED, CONCERNS } from './edges.ts'
import type { EventFact } from './event-fact.ts'
import type { Facts } from './facts.ts'
import type { OwnerMemory } from './owner-memory.ts'
import { isViolation } from './findings.ts'
import { lastAtOf } from './reasons.ts'
import { retire, type Retired } from './retired.ts'
import type { Fields, Unsaved } from './stored-facts.ts'
import { SCALING } from './view-of.ts'
import { enter, type TooLateByKind } from './too-late.ts'

/**
 * How long the facts of an owner are kept after its last end: longer than an Event lives after its last repeat (1 h by default, twice
 * that), than an incident can be opened again (30 min), and than a recorder's spam filter takes to fill up again (25 × 5 min).
 */
export const RETIRE_AFTER_MS = 3 * 3_600_000
/** A ReplicaSet that is gone still says what was rolled out before, and what others depend on that it was deleted; an Event about a roll-out or a policy likewise. */
const TELLS_OF_CHANGES_MS = 7 * 24 * 3_600_000

const RETIRED = 'r:'
const LATE = 'late'

const tellsOfChanges = (fact: EventFact): boolean => fact.reason === SCALING || isViolation(fact)

/** What is of it, or calls or takes it, can be open for long after it is gone, and names its changes. */
const explains = (kind: string): boolean =>
  kind === 'ReplicaSet' || CONCERNS.has(kind) || CALLED.has(kind)

const hasEnded = (firings: readonly Firing[], by: number): boolean =>
  firings.every((firing) => lastOf(firing) <= by)

/** An owner that has just been decided about. */
export interface Decided {
  readonly result: OwnerResult
  readonly memory: OwnerMemory
}

/**
 * Lets go of the facts of owners that are settled, and keeps their sums. An owner is settled when everything of it ended long before the
 * watermark: then nothing within the allowed lateness can change what is derived of them. What comes all the same is entered as too late.
 */
export class Retirement {
  readonly #afterMs: number
  readonly #retired = new Map<string, Retired>()
  #late: TooLateByKind = {}
  /** The watermark at which to look again; null: there is nothing to let go. */
  #nextAt: number | null = 0

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  /** Takes up a stored field; false where it is none of these. */
  take(field: string, text: string): boolean {
    if (field === LATE) this.#late = JSON.parse(text) as TooLateByKind
    else if (field.startsWith(RETIRED))
      this.#retired.set(field.slice(RETIRED.length), JSON.parse(text) as Retired)
    else return false
    return true
  }

  of(id: string): Retired | undefined {
    return this.#retired.get(id)
  }

  /** What came too late so far. */
  get late(): TooLateByKind {
    return this.#late
  }

  /** The sums of all owners and the ledger as they are stored. */
  fields(): [string, string][] {
    const sums = [...this.#retired].map(([id, retired]): [string, string] => [
      RETIRED + id,
      JSON.stringify(retired),
    ])
    return Object.keys(this.#late).length === 0
      ? sums
      : [...sums, [LATE, JSON.stringify(this.#late)]]
  }

  /** Something happened or ended at this instant that will have to be let go. */
  note(at: number): void {
    this.#nextAt ??= at + this.#afterMs
  }

  /** One that is due has something to say: it may be let go once that is out, and may not be in memory for long. */
  lookAgain(watermark: number): void {
    this.#nextAt = watermark
  }

  /** The watermark at which to look again; null: none. */
  get nextAt(): number | null {
    return this.#nextAt === null || this.#afterMs === Infinity ? null : this.#nextAt
  }

  /** Takes out what tells only of what is retired already, and enters it. */
  dropLate(facts: Facts, events: Iterable<string>, others: Iterable<string>): void {
    if (this.#retired.size === 0) return
    for (const uid of events) {
      const through = this.#through(facts.membership.ofEvent.get(uid)?.id)
      const fact = through === undefined ? undefined : facts.events.get(uid)
      if (fact === undefined || through === undefined || lastAtOf(fact) > through) continue
      const { top, involved } = fact
      this.#late = enter(this.#late, involved.kind, { occurrences: top.n, at: top.at })
      facts.dropEvent(uid)
    }
    for (const id of others) {
      const through = this.#through(facts.membership.ofOther.get(id)?.id)
      const fact = through === undefined ? undefined : facts.others.get(id)
      if (fact?.t !== 'alert' || through === undefined || !hasEnded(fact.firings, through)) continue
      const { firings, involved, toldAt } = fact
      this.#late = enter(this.#late, involved.kind, { occurrences: firings.length, at: toldAt })
      facts.dropAlert(id)
    }
  }

  /** The same for what was stored: it was entered when it came. */
  dropStoredLate(facts: Facts): void {
    const entered = this.#late
    const { ofEvent, ofOther } = facts.membership
    this.dropLate(facts, [...ofEvent.keys()], [...ofOther.keys()])
    this.#late = entered
  }

  /** The ledger as a field. */
  writeLate(fields: Fields): void {
    fields.set(LATE, JSON.stringify(this.#late))
  }

  #through(id: string | undefined): number | undefined {
    return id === undefined ? undefined : this.#retired.get(id)?.through
  }

  /** The owners that may be settled at this watermark: to be decided about, and then handed to {@link settle}. Undefined: it is not time. */
  due(facts: Facts, watermark: number | null): ReadonlySet<string> | undefined {
    if (watermark === null || this.nextAt === null || this.nextAt > watermark) return undefined
    const due = watermark - this.#afterMs
    return new Set(
      [...facts.membership.byOwner].flatMap(([id, { events, others }]) => {
        if (events.size + others.size === 0) return []
        return [...events].every((uid) => lastAtOf(facts.events.get(uid)!) <= due) ? [id] : []
      }),
    )
  }

  /**
   * Lets go of the facts of those that are settled, and of objects that are long gone; `isOpen` tells the owners that keep theirs.
   * Answers the owners of which all is said.
   */
  settle(
    facts: Facts,
    decided: ReadonlyMap<string, Decided>,
    watermark: number,
    about: { readonly unsaved: Unsaved; readonly isOpen: (id: string) => boolean },
  ): readonly string[] {
    const said: string[] = []
    for (const [id, { result, memory }] of decided) {
      const { at } = result.settled
      if (at === null || at > watermark - this.#afterMs || !isFrozen(result, memory)) continue
      this.#dropFacts(facts, id, watermark, about.unsaved)
      if (result.contexts.length === 0) continue
      const retired = retire(result, this.#retired.get(id), at)
      this.#retired.set(id, retired)
      about.unsaved.retired.set(RETIRED + id, JSON.stringify(retired))
      said.push(id)
    }
    this.#dropObjects(facts, watermark, about)
    this.#nextAt = hasMore(facts) ? watermark + Math.max(60_000, this.#afterMs / 6) : null
    return said
  }

  #dropFacts(facts: Facts, id: string, watermark: number, unsaved: Unsaved): void {
    const { events = [], others = [] } = facts.membership.byOwner.get(id) ?? {}
    for (const uid of events) {
      const fact = facts.events.get(uid)!
      if (tellsOfChanges(fact) && lastAtOf(fact) > watermark - TELLS_OF_CHANGES_MS) continue
      facts.dropEvent(uid)
      unsaved.events.add(uid)
      unsaved.mustSave = true
    }
    for (const other of others) {
      const fact = facts.others.get(other)
      if (fact?.t !== 'alert' || !hasEnded(fact.firings, watermark - this.#afterMs)) continue
      facts.dropAlert(other)
      unsaved.others.add(other)
      unsaved.mustSave = true
    }
  }

  #dropObjects(
    facts: Facts,
    watermark: number,
    { unsaved, isOpen }: { readonly unsaved: Unsaved; readonly isOpen: (id: string) => boolean },
  ): void {
    const { byOwner, ofObject } = facts.membership
    const measured = facts.others.measured()
    for (const [uid, { object, deletedAt = Infinity }] of facts.objects) {
      const after = explains(object.kind) ? TELLS_OF_CHANGES_MS : this.#afterMs
      if (deletedAt > watermark - after) continue
      // A metric beyond its threshold ended with it, and would go on without.
      if (measured.has(uid)) continue
      const id = ofObject.get(uid)?.id
      const group = id === undefined ? undefined : byOwner.get(id)
      if (id === undefined || group === undefined || isOpen(id)) continue
      if (![...group.events].every((event) => tellsOfChanges(facts.events.get(event)!))) continue
      // Whether a CronJob is well is what its last run says.
      if (object.kind === 'Job' && isLastRun(facts, uid, group.objects)) continue
      facts.dropObject(uid)
      unsaved.objects.add(uid)
      unsaved.mustSave = true
    }
  }
}

/** The watermark has passed all its ends: they are in the owner's memory. */
const isFrozen = ({ contexts }: OwnerResult, { frozen }: OwnerMemory): boolean =>
  contexts.every(({ key, spells }) => spells.length <= (frozen[key]?.length ?? 0))

const isLastRun = (facts: Facts, uid: string, objects: ReadonlySet<string>): boolean => {
  const own = facts.objects.get(uid)?.firstAt ?? -Infinity
  return [...objects].every((other) => {
    const fact = facts.objects.get(other)
    return other === uid || fact?.object.kind !== 'Job' || fact.firstAt < own
  })
}

const hasMore = (facts: Facts): boolean => {
  for (const { events } of facts.membership.byOwner.values()) if (events.size > 0) return true
  for (const { deletedAt } of facts.objects.values()) if (deletedAt !== undefined) return true
  return facts.others.alerts().length > 0
}
