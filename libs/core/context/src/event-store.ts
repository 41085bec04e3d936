import type { AgainSignal, EventHead, EventSignal, SourcePartition } from '@kubesift/contracts'
import { factAgain, joinEvent, type EventFact, type Told } from './event-fact.ts'

/** So many signals wait at most before they are joined. */
const MAX_WAITING = 256
/** So many unknown Events may have been told of, and each so many times. */
const MAX_EARLY = 256

/** One stored Event: what is known of it, and what has been told since by a head that it already holds. */
interface Cell {
  fact: EventFact
  /** The head that is joined already; from the same reader the same Event comes as the same object. */
  head: EventHead | undefined
  waiting: Told[]
}

/**
 * The Event facts of a namespace. In a storm nearly all that comes is an Event told again with a higher count: that is kept as it came
 * and joined when the fact is next looked at, once for all.
 */
export class EventStore {
  readonly #cells = new Map<string, Cell>()
  /** What was told of Events that are not known (yet); counts are cumulative, so that what is dropped is told by the next. */
  readonly #early = new Map<string, readonly Told[]>()

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
    const early = this.#early.get(uid) ?? []
    if (this.#early.size >= MAX_EARLY || early.length >= MAX_EARLY) return false
    this.#early.set(uid, [...early, { tellings, source }])
    return false
  }

  /** Joins a fact to what is known; `head` is what it was made of, and will be recognised when it is told again. */
  add(fact: EventFact, head?: EventHead): EventFact {
    const known = this.#cells.get(fact.uid)
    if (known !== undefined) {
      known.fact = joinEvent(joined(known), fact)
      known.head = head
      return known.fact
    }
    const cell: Cell = { fact, head, waiting: [] }
    this.#cells.set(fact.uid, cell)
    for (const told of this.#early.get(fact.uid) ?? []) wait(cell, told)
    this.#early.delete(fact.uid)
    return fact
  }

  /** This Event is of no account here: what was told of it early need not wait. */
  forgo(uid: string): void {
    this.#early.delete(uid)
  }
}

const wait = (cell: Cell, told: Told): true => {
  cell.waiting.push(told)
  if (cell.waiting.length >= MAX_WAITING) joined(cell)
  return true
}

const joined = (cell: Cell): EventFact => {
  const { fact, waiting } = cell
  if (waiting.length === 0) return fact
  cell.fact = joinEvent(fact, factAgain(fact, waiting))
  cell.waiting = []
  return cell.fact
}
