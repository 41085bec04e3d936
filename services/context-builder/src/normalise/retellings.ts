import type { Telling } from '@kubesift/contracts'
import { isKept } from '@kubesift/core-context'

const NONE = -1

const grown = <T extends Int32Array | Float64Array>(column: T, make: (n: number) => T): T => {
  const larger = make(column.length * 2)
  larger.set(column)
  return larger
}

/**
 * What one batch told again, as columns: a row for each telling, linked to the next of the same slot; slots linked by the place they go
 * to. One for all batches, cleared between them.
 */
export class Retellings {
  #slot: Int32Array = new Int32Array(4096)
  #n: Int32Array = new Int32Array(4096)
  #at: Float64Array = new Float64Array(4096)
  #offset: Float64Array = new Float64Array(4096)
  #lastOffset: Float64Array = new Float64Array(4096)
  #repeats: Int32Array = new Int32Array(4096)
  #next: Int32Array = new Int32Array(4096)
  #rows = 0
  /** Rows of requests that were read to their end. */
  #kept = 0
  /** Tellings that were folded into others: exact repeats, and those that facts would not keep beside a higher one. */
  folded = 0
  readonly #isWhole: (slot: number) => boolean
  readonly #firstRow: Int32Array
  readonly #lastRow: Int32Array
  readonly #nextSlot: Int32Array
  readonly #slotsByPlace = new Map<number, number>()
  /** Slots with rows, so that they can be cleared. */
  readonly #told: number[] = []
  readonly #telling = { n: 0, at: 0, offset: 0, lastOffset: 0, repeats: 1 }

  /** Of a slot that `isWhole` each telling goes out by itself. */
  constructor(slots: number, isWhole: (slot: number) => boolean) {
    this.#isWhole = isWhole
    this.#firstRow = new Int32Array(slots).fill(NONE)
    this.#lastRow = new Int32Array(slots)
    this.#nextSlot = new Int32Array(slots)
  }

  /** A slot that is told of here must not be given to others. */
  isTold(slot: number): boolean {
    return this.#firstRow[slot] !== NONE
  }

  get count(): number {
    return this.#kept + this.folded
  }

  /** One telling of a request that is still being read. */
  add(slot: number, n: number, at: number, offset: number): void {
    if (this.#rows === this.#slot.length) this.#grow()
    const row = this.#rows++
    this.#slot[row] = slot
    this.#n[row] = n
    this.#at[row] = at
    this.#offset[row] = offset
    // Not linked yet, but already spoken for.
    if (this.#firstRow[slot] === NONE) {
      this.#firstRow[slot] = row
      this.#lastRow[slot] = NONE
      this.#told.push(slot)
    }
  }

  /** The request turned out to be none: nothing of it counts. */
  drop(): void {
    for (let row = this.#rows - 1; row >= this.#kept; row -= 1) {
      const slot = this.#slot[row] as number
      if (this.#firstRow[slot] !== row) continue
      this.#firstRow[slot] = NONE
      this.#told.pop()
    }
    this.#rows = this.#kept
  }

  /**
   * The request was read to its end: its tellings count. `take` hears of each that may be later than those of its slot before, and answers
   * the place of the slot.
   */
  keep(take: (slot: number, at: number) => number): void {
    const end = this.#rows
    let kept = this.#kept
    for (let row = kept; row < end; row += 1) {
      const slot = this.#slot[row] as number
      const last = this.#lastRow[slot] as number
      const isLater = last === NONE || (this.#at[row] as number) > (this.#at[last] as number)
      if (last !== NONE && this.#folds(slot, last, row)) {
        if (isLater) take(slot, this.#at[row] as number)
        this.#fold(last, row)
        continue
      }
      this.#move(row, kept)
      const place = take(slot, this.#at[kept] as number)
      if (last === NONE) this.#begin(slot, kept, place)
      else this.#next[last] = kept
      this.#lastRow[slot] = kept
      kept += 1
    }
    this.#rows = kept
    this.#kept = kept
  }

  /**
   * Whether one telling is enough for both. An exact repeat says nothing; and of the steps of an Event facts keep the highest and those that
   * {@link isKept}, whatever the others are: the lower one of two goes, if it is none of those. What is left stands for the records of both.
   * So a backlog, where an Event is told many times in one batch, is not written, read and joined telling by telling.
   */
  #folds(slot: number, last: number, row: number): boolean {
    const before = this.#n[last] as number
    const n = this.#n[row] as number
    if (before === n && this.#at[last] === this.#at[row]) return true
    return !this.#isWhole(slot) && !isKept(Math.min(before, n))
  }

  #fold(last: number, row: number): void {
    const before = this.#n[last] as number
    const n = this.#n[row] as number
    const at = this.#at[row] as number
    if (n > before || (n === before && at > (this.#at[last] as number))) {
      this.#n[last] = n
      this.#at[last] = at
    }
    this.#repeats[last] = (this.#repeats[last] as number) + 1
    this.#lastOffset[last] = this.#offset[row] as number
    this.folded += 1
  }

  #begin(slot: number, row: number, place: number): void {
    this.#firstRow[slot] = row
    this.#nextSlot[slot] = this.#slotsByPlace.get(place) ?? NONE
    this.#slotsByPlace.set(place, slot)
  }

  #move(from: number, to: number): void {
    const offset = this.#offset[from] as number
    this.#slot[to] = this.#slot[from] as number
    this.#n[to] = this.#n[from] as number
    this.#at[to] = this.#at[from] as number
    this.#offset[to] = offset
    this.#lastOffset[to] = offset
    this.#repeats[to] = 1
    this.#next[to] = NONE
  }

  get places(): Iterable<number> {
    return this.#slotsByPlace.keys()
  }

  *slotsOf(place: number): Generator<number> {
    let slot = this.#slotsByPlace.get(place) ?? NONE
    for (; slot !== NONE; slot = this.#nextSlot[slot] as number) yield slot
  }

  /** The tellings of a slot, in the order in which they were told; the object that `take` is given is another one next time. */
  forEach(slot: number, take: (telling: Telling) => void): void {
    const telling = this.#telling
    for (let row = this.#firstRow[slot] as number; row !== NONE; row = this.#next[row] as number) {
      telling.n = this.#n[row] as number
      telling.at = this.#at[row] as number
      telling.offset = this.#offset[row] as number
      telling.lastOffset = this.#lastOffset[row] as number
      telling.repeats = this.#repeats[row] as number
      take(telling)
    }
  }

  clear(): void {
    for (const slot of this.#told) this.#firstRow[slot] = NONE
    this.#told.length = 0
    this.#slotsByPlace.clear()
    this.#rows = 0
    this.#kept = 0
    this.folded = 0
  }

  #grow(): void {
    const ints = (n: number): Int32Array => new Int32Array(n)
    const floats = (n: number): Float64Array => new Float64Array(n)
    this.#slot = grown(this.#slot, ints)
    this.#n = grown(this.#n, ints)
    this.#at = grown(this.#at, floats)
    this.#offset = grown(this.#offset, floats)
    this.#lastOffset = grown(this.#lastOffset, floats)
    this.#repeats = grown(this.#repeats, ints)
    this.#next = grown(this.#next, ints)
  }
}
