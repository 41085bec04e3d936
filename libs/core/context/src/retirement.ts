import type { Context } from '@kubesift/contracts'
import { COST_TELLS_MS } from './costs.ts'
import type { OwnerResult } from './derive.ts'
import type { EventFact } from './event-fact.ts'
import type { Facts } from './facts.ts'
import {
  goesAt,
  hasEnded,
  hasMore,
  isFrozen,
  isPinned,
  tellsOfChanges,
  TELLS_OF_CHANGES_MS,
} from './let-go.ts'
import { LateSigns, type Known } from './late-signs.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OtherFact } from './other-facts.ts'
import type { OwnerMemory } from './owner-memory.ts'
import { lastAtOf } from './reasons.ts'
import { retire, type Retired } from './retired.ts'
import type { Fields, Unsaved } from './stored-facts.ts'
import { adopted, type Adopting } from './adopted.ts'
import { enter, type TooLateByKind } from './too-late.ts'
import { closed } from './underway.ts'

/**
 * How long the facts of an owner are kept after its last end: longer than an Event lives after its last repeat (1 h by default, twice
 * that), than an incident can be opened again (30 min), and than a recorder's spam filter takes to fill up again (25 × 5 min).
 */
export const RETIRE_AFTER_MS = 3 * 3_600_000

const RETIRED = 'r:'
/** The field that holds the ledger of what came too late. */
export const TOO_LATE_FIELD = 'late'

/** The field that holds what is left of an owner's facts. */
export const retiredField = (id: string): string => RETIRED + id

type ToldOf =
  | readonly [kind: 'object', id: string, before: ObjectFact | undefined]
  | readonly [kind: 'other', id: string, before: OtherFact | undefined]

/** An owner that has just been decided about. */
export interface Decided {
  readonly result: OwnerResult
  readonly memory: OwnerMemory
}

interface About {
  readonly unsaved: Unsaved
  /** The owners that keep their facts. */
  readonly isOpen: (id: string) => boolean
  /** What is to be stored besides the facts, in its order: sums are written in one place, so that the last word is the last. */
  readonly fields: Fields
}

/**
 * Lets go of the facts of owners that are settled, and keeps their sums. An owner is settled when everything of it ended long before the
 * watermark: then nothing within the allowed lateness can change what is derived of them. What comes all the same is entered as too late.
 */
export class Retirement {
  readonly #afterMs: number
  readonly #retired = new Map<string, Retired>()
  /** Whose the objects are that sums name, by UID: with the object itself its owner may be forgotten. */
  readonly #ofObject = new Map<string, string>()
  readonly #signs = new LateSigns()
  #late: TooLateByKind = {}
  /** The watermark at which to look again; null: there is nothing to let go. */
  #nextAt: number | null = 0

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  /** Takes up a stored field; false where it is none of these. */
  take(field: string, text: string): boolean {
    if (field === TOO_LATE_FIELD) this.#late = JSON.parse(text) as TooLateByKind
    else if (field.startsWith(RETIRED))
      this.#keep(field.slice(RETIRED.length), JSON.parse(text) as Retired)
    else return false
    return true
  }

  #store(id: string, retired: Retired, fields: Fields): void {
    this.#keep(id, retired)
    fields.set(retiredField(id), JSON.stringify(retired))
  }

  /** What was open across a loss may have ended; notes the field that is to be stored. */
  close(id: string, decided: Decided, fields: Fields): void {
    const retired = this.#retired.get(id)
    if (retired?.underway === undefined) return
    const after = closed(retired, decided)
    if (after !== retired) this.#store(id, after, fields)
  }

  /** Keeps what a context of before holds beyond what the facts give that are left (`live`), once its own ends are known (`memory`). */
  adopt(id: string, told: Context, { memory, live }: Adopting, fields: Fields): void {
    const retired = this.#retired.get(id)
    if (retired === undefined) return
    const after = closed(retired, { memory, result: { settled: { alone: new Map() } } })
    this.#retired.set(id, after)
    this.#store(id, adopted(after, told, live()), fields)
  }

  #keep(id: string, retired: Retired): void {
    this.#retired.set(id, retired)
    for (const { objects } of Object.values(retired.keys))
      for (const { uid } of objects) if (uid !== undefined) this.#ofObject.set(uid, id)
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
      : [...sums, [TOO_LATE_FIELD, JSON.stringify(this.#late)]]
  }

  /** Something happened or ended at this instant that will have to be let go. */
  note(at: number): void {
    this.#lookAt(at + this.#afterMs)
  }

  /** What something cost will have to be let go, long after it was told. */
  noteCost(to: number): void {
    this.#lookAt(to + COST_TELLS_MS + this.#afterMs)
  }

  #lookAt(at: number): void {
    this.#nextAt = Math.min(this.#nextAt ?? Infinity, at)
  }

  /** One that is due has something to say: it may be let go once that is out, and may not be in memory for long. */
  lookAgain(watermark: number): void {
    this.#nextAt = watermark
  }

  /** The watermark at which to look again; null: none. */
  get nextAt(): number | null {
    return this.#nextAt === null || this.#afterMs === Infinity ? null : this.#nextAt
  }

  /** Something is told of what was known like this before. */
  told(kind: 'object', id: string, before: ObjectFact | undefined): void
  told(kind: 'other', id: string, before: OtherFact | undefined): void
  told(...[kind, id, before]: ToldOf): void {
    if (this.#retired.size === 0) return
    if (kind === 'object') this.#signs.object(id, before)
    else this.#signs.other(id, before)
  }

  /** Takes out what tells only of what is retired already, and enters it, as it does states and metrics of then. */
  dropLate(facts: Facts, events: Iterable<string>, classifier: Known): void {
    if (this.#retired.size === 0) return
    const through = (id: string | undefined): number | undefined => this.#through(id)
    for (const uid of events) {
      const fact = facts.events.get(uid)
      const until =
        through(facts.membership.ofEvent.get(uid)?.id) ?? this.#throughObject(facts, fact)
      if (fact === undefined || until === undefined || lastAtOf(fact) > until) continue
      const { top, involved } = fact
      this.#late = enter(this.#late, involved.kind, { occurrences: top.n, at: top.at })
      facts.dropEvent(uid)
    }
    for (const { kind, ...late } of this.#signs.take(facts, classifier, through))
      this.#late = enter(this.#late, kind, late)
  }

  /** Takes out alerts that tell only of what is retired already. */
  dropAlerts(facts: Facts, others: Iterable<string>): void {
    for (const id of others) {
      const through = this.#through(facts.membership.ofOther.get(id)?.id)
      const fact = through === undefined ? undefined : facts.others.get(id)
      if (fact?.t === 'alert' && hasEnded(fact.firings, through!)) facts.dropAlert(id)
    }
  }

  /** The same for what was stored: it was entered when it came. */
  dropStoredLate(facts: Facts, classifier: Known): void {
    const entered = this.#late
    const { ofEvent, ofOther } = facts.membership
    this.#signs.clear()
    this.dropLate(facts, [...ofEvent.keys()], classifier)
    this.dropAlerts(facts, [...ofOther.keys()])
    this.#late = entered
  }

  /** The ledger as a field. */
  writeLate(fields: Fields): void {
    fields.set(TOO_LATE_FIELD, JSON.stringify(this.#late))
  }

  #throughObject(facts: Facts, fact: EventFact | undefined): number | undefined {
    const uid = fact?.involved.uid
    if (uid === undefined || facts.objects.has(uid)) return undefined
    return this.#through(this.#ofObject.get(uid))
  }

  #through(id: string | undefined): number | undefined {
    return id === undefined ? undefined : this.#retired.get(id)?.through
  }

  /** The owners that may be settled at this watermark: to be decided about, and then handed to {@link settle}. Undefined: it is not time. */
  due(facts: Facts, watermark: number | null): ReadonlySet<string> | undefined {
    if (watermark === null || this.nextAt === null || this.nextAt > watermark) return undefined
    const due = watermark - this.#afterMs
    const isGone = (uid: string): boolean =>
      goesAt(facts.objects.get(uid), this.#afterMs) <= watermark
    return new Set(
      [...facts.membership.byOwner].flatMap(([id, { events, objects, others }]) => {
        if (events.size + others.size === 0 && ![...objects].some(isGone)) return []
        return [...events].every((uid) => lastAtOf(facts.events.get(uid)!) <= due) ? [id] : []
      }),
    )
  }

  /**
   * Lets go of the facts of those that are settled, and of their objects that are long gone. Answers the owners of which all is said.
   */
  settle(
    facts: Facts,
    {
      due,
      quiet,
    }: { readonly due: ReadonlySet<string>; readonly quiet: ReadonlyMap<string, Decided> },
    watermark: number,
    { unsaved, isOpen, fields }: About,
  ): readonly string[] {
    const said: string[] = []
    const left = new Set(due)
    const measured = facts.others.measured()
    for (const [id, { result, memory }] of quiet) {
      const { at, keeps } = result.settled
      if (at === null || at > watermark - this.#afterMs || !isFrozen(result, memory)) continue
      left.delete(id)
      const letGo = keeps ? [] : this.#dropFacts(facts, id, watermark, unsaved)
      if (!keeps && result.contexts.length > 0) {
        const retired = retire(result, this.#retired.get(id), { through: at, letGo })
        this.#store(id, retired, fields)
        unsaved.mustSave = true
        said.push(id)
      }
      // A metric beyond its threshold ended with its object, and would go on without; what is counted by a state must stay counted.
      const kept = keeps ? new Set([...measured, ...result.speaking()]) : measured
      this.#dropObjects(facts, id, watermark, { unsaved, kept })
    }
    this.#dropCosts(facts, watermark, { unsaved, isOpen, fields })
    const again = watermark + Math.max(60_000, this.#afterMs / 6)
    this.#nextAt = left.size > 0 || hasMore(facts, measured) ? again : null
    const { oldest } = facts.costs
    // One that an owner keeps is asked for now and then.
    if (oldest !== undefined) this.#lookAt(Math.max(again, oldest + COST_TELLS_MS + this.#afterMs))
    return said
  }

  /** Answers the Events that may be told of again under another UID: those of objects that are there. */
  #dropFacts(facts: Facts, id: string, watermark: number, unsaved: Unsaved): EventFact[] {
    const { events = [], others = [] } = facts.membership.byOwner.get(id) ?? {}
    const letGo: EventFact[] = []
    for (const uid of events) {
      const fact = facts.events.get(uid)!
      if (tellsOfChanges(fact) && lastAtOf(fact) > watermark - TELLS_OF_CHANGES_MS) continue
      if (facts.objects.get(fact.involved.uid ?? '')?.deletedAt === undefined) letGo.push(fact)
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
    return letGo
  }

  /** They go when no trouble of their owner can be near them any more, and nothing is left of the last. */
  #dropCosts(facts: Facts, watermark: number, about: About): void {
    const { byOwner } = facts.membership
    const isKept = (id: string): boolean => {
      const { events, others } = byOwner.get(id) ?? {}
      return about.isOpen(id) || (events?.size ?? 0) + (others?.size ?? 0) > 0
    }
    const end = watermark - COST_TELLS_MS - this.#afterMs
    for (const id of facts.costs.dropBefore(end, facts, isKept)) {
      about.unsaved.costs.add(id)
      about.unsaved.mustSave = true
    }
  }

  #dropObjects(
    facts: Facts,
    id: string,
    watermark: number,
    { unsaved, kept }: { readonly unsaved: Unsaved; readonly kept: ReadonlySet<string> },
  ): void {
    const { objects = new Set<string>() } = facts.membership.byOwner.get(id) ?? {}
    for (const uid of objects) {
      if (goesAt(facts.objects.get(uid), this.#afterMs) > watermark) continue
      if (isPinned(facts, uid, kept)) continue
      facts.dropObject(uid)
      unsaved.objects.add(uid)
      unsaved.mustSave = true
    }
  }
}
