import type { AgainSignal, EventHead, EventSignal, SourcePartition } from '@kubesift/contracts'
import {
  factAgain,
  joinEvent,
  joinTold,
  toldBy,
  type EventFact,
  type Heard,
  type Told,
} from './event-fact.ts'

/** So many tellings wait at most before they are joined. */
const MAX_WAITING = 512
/** So many unknown Events may have been told of. */
const MAX_EARLY = 256

/** One stored Event: what is known of it, and what has been told since by a head that it already holds. */
interface Cell {
  fact: EventFact
  /** The head that is joined already; from the same reader the same Event comes as the same object. */
  head: EventHead | undefined
  waiting: Heard[]
  /** Tellings in those. */
  tellings: number
}

/**
 * The Event facts of a namespace. In a storm nearly all that comes is an Event told again with a higher count: that is kept as it came
 * and joined when the fact is next looked at, once for all.
 */
export class EventStore {
  readonly #cells = new Map<string, Cell>()
  /** What was told of Events that are not known (yet); counts are cumulative, so that what is dropped is told by the next. */
  readonly #early = new Map<string, Told>()
  /** Whether that has changed since it was last asked for. */
  earlyChanged = false
  /** How many Events are of each series. */
  readonly #series = new Map<string, number>()

  get(uid: string): EventFact | undefined {
    const cell = this.#cells.get(uid)
    return cell === undefined ? undefined : joined(cell)
  }

  /** As it was when last looked at: who, what and since when, but not how often by now. */
  peek(uid: string): EventFact | undefined {
    return this.#cells.get(uid)?.fact
  }

  keys(): Iterable<string> {
    return this.#cells.keys()
  }

  /** Whether several Events are of this series. */
  readonly isShared = (series: string): boolean => (this.#series.get(series) ?? 0) > 1

  get isEmpty(): boolean {
    return this.#cells.size === 0
  }

  all(): EventFact[] {
    return [...this.#cells.values()].map(joined)
  }

  /** Takes a signal whose head is known; false where it is not, and the signal must be added as a fact. */
  tellAgain({ event, tellings }: EventSignal, source: SourcePartition): boolean {
    const cell = this.#cells.get(event.uid)
    return cell?.head === event && wait(cell, { tellings, source })
  }

  /** Takes what was told of a known Event; false where it is not known, and this waits until it is. */
  again({ uid, tellings }: AgainSignal, source: SourcePartition): boolean {
    const cell = this.#cells.get(uid)
    if (cell !== undefined) return wait(cell, { tellings, source })
    const early = this.#early.get(uid)
    if (early === undefined && this.#early.size >= MAX_EARLY) return false
    const told = toldBy([{ tellings, source }])
    this.#early.set(uid, early === undefined ? told : joinTold(early, told))
    this.earlyChanged = true
    return false
  }

  /** What was told of Events that are not known. */
  get early(): (readonly [string, Told])[] {
    return [...this.#early]
  }

  /** Takes up what {@link early} gave. */
  recall(early: Iterable<readonly [string, Told]>): void {
    for (const [uid, told] of early) this.#early.set(uid, told)
  }

  /** Joins a fact to what is known; `head` is what it was made of, and will be recognised when it is told again. */
  add(fact: EventFact, head?: EventHead): EventFact {
    const known = this.#cells.get(fact.uid)
    if (known !== undefined) {
      const before = joined(known)
      known.fact = joinEvent(before, fact)
      // One that was stored by a version that did not know of series is told whole again.
      if (known.fact.series !== before.series) this.#recount(before.series, known.fact.series)
      // The text is that of the highest count: under another head a higher one would be told with the wrong text.
      known.head = known.fact.message === fact.message ? head : undefined
      return known.fact
    }
    const early = this.#early.get(fact.uid)
    const first = early === undefined ? fact : factAgain(fact, early)
    this.forgo(fact.uid)
    this.#cells.set(fact.uid, { fact: first, head, waiting: [], tellings: 0 })
    this.#recount(undefined, first.series)
    return first
  }

  /** Forgets an Event that is retired. */
  delete(uid: string): void {
    this.#recount(this.peek(uid)?.series, undefined)
    this.#cells.delete(uid)
    this.forgo(uid)
  }

  #recount(less: string | undefined, more: string | undefined): void {
    if (more !== undefined) this.#series.set(more, (this.#series.get(more) ?? 0) + 1)
    if (less === undefined) return
    const left = (this.#series.get(less) ?? 0) - 1
    if (left > 0) this.#series.set(less, left)
    else this.#series.delete(less)
  }

  /** This Event is of no account here: what was told of it early need not wait. */
  forgo(uid: string): void {
    if (this.#early.delete(uid)) this.earlyChanged = true
  }
}

const wait = (cell: Cell, heard: Heard): true => {
  cell.waiting.push(heard)
  cell.tellings += heard.tellings.length
  if (cell.tellings >= MAX_WAITING) joined(cell)
  return true
}

const joined = (cell: Cell): EventFact => {
  const { fact, waiting } = cell
  if (waiting.length === 0) return fact
  cell.fact = factAgain(fact, toldBy(waiting))
  cell.waiting = []
  cell.tellings = 0
  return cell.fact
}
