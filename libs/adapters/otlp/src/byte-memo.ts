const MAX_RANGES = 8

/** Pieces of a message, as offsets into its bytes: what stays between others that change. */
export class Ranges {
  readonly #starts = new Int32Array(MAX_RANGES)
  readonly #ends = new Int32Array(MAX_RANGES)
  count = 0
  /** Bytes in all pieces together. */
  length = 0

  clear(): void {
    this.count = 0
    this.length = 0
  }

  /** False where there are too many already. */
  add(start: number, end: number): boolean {
    if (this.count === MAX_RANGES) return false
    this.#starts[this.count] = start
    this.#ends[this.count] = end
    this.count += 1
    this.length += end - start
    return true
  }

  start(i: number): number {
    return this.#starts[i] as number
  }

  end(i: number): number {
    return this.#ends[i] as number
  }
}

/** A slot that was taken for some bytes; it stays theirs until others take it. */
export interface Claim {
  readonly slot: number
  readonly generation: number
}

/**
 * Bytes that were seen before, by number of slot; what is known of them the user keeps beside it.
 *
 * Two slots for each hash, of fixed size: the one used longer ago is given to a newcomer. So hostile input can make it useless but
 * never large, and the bytes (and where the pieces end) are compared in full, so it is never wrong. Nothing in it is an object: a
 * process that holds many does not pay for them in garbage collection.
 */
export class ByteMemo {
  readonly #slotBytes: number
  readonly #setMask: number
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #lengths: Int32Array
  readonly #ends: Int32Array
  readonly #generations: Uint32Array
  /** Whether something is known of the bytes of a slot. */
  readonly #live: Uint8Array
  /** Per pair, which of the two was used last. */
  readonly #recent: Uint8Array

  /** `slots` is a power of two; pieces of more than `slotBytes` together are not kept. */
  constructor(slots: number, slotBytes: number) {
    this.#slotBytes = slotBytes
    this.#setMask = slots / 2 - 1
    this.#bytes = Buffer.alloc(slots * slotBytes)
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)
    this.#lengths = new Int32Array(slots)
    this.#ends = new Int32Array(slots * MAX_RANGES)
    this.#generations = new Uint32Array(slots)
    this.#live = new Uint8Array(slots)
    this.#recent = new Uint8Array(slots / 2)
  }

  /** The slot of these bytes, of which something is known, or -1. */
  find(view: DataView, ranges: Ranges, hash: number): number {
    const set = hash & this.#setMask
    for (let way = 0; way < 2; way += 1) {
      const slot = set * 2 + way
      if (this.#lengths[slot] !== ranges.length || this.#live[slot] === 0) continue
      if (!this.#holds(slot, view, ranges)) continue
      this.#recent[set] = way
      return slot
    }
    return -1
  }

  /** Takes a slot for these bytes, none of which `isBusy`; undefined where they are too many or no slot is free. */
  claim(
    bytes: Uint8Array,
    ranges: Ranges,
    hash: number,
    isBusy?: (slot: number) => boolean,
  ): Claim | undefined {
    if (ranges.length > this.#slotBytes) return undefined
    const set = hash & this.#setMask
    let slot = set * 2 + 1 - (this.#recent[set] as number)
    if (isBusy?.(slot) === true) slot ^= 1
    if (isBusy?.(slot) === true) return undefined
    this.#recent[set] = slot & 1
    this.#copy(slot, bytes, ranges)
    this.#live[slot] = 0
    const generation = (this.#generations[slot] as number) + 1
    this.#generations[slot] = generation
    return { slot, generation: generation >>> 0 }
  }

  /** Something is known of the claimed bytes from now on; false where the slot has been given to others meanwhile. */
  settle({ slot, generation }: Claim): boolean {
    if (this.#generations[slot] !== generation) return false
    this.#live[slot] = 1
    return true
  }

  #copy(slot: number, bytes: Uint8Array, ranges: Ranges): void {
    let at = slot * this.#slotBytes
    for (let i = 0; i < ranges.count; i += 1) {
      const piece = bytes.subarray(ranges.start(i), ranges.end(i))
      this.#bytes.set(piece, at)
      at += piece.length
      this.#ends[slot * MAX_RANGES + i] = at
    }
    if (ranges.count < MAX_RANGES) this.#ends[slot * MAX_RANGES + ranges.count] = 0
    this.#lengths[slot] = ranges.length
  }

  #holds(slot: number, view: DataView, ranges: Ranges): boolean {
    let at = slot * this.#slotBytes
    const ends = slot * MAX_RANGES
    const { count } = ranges
    if (count < MAX_RANGES && this.#ends[ends + count] !== 0) return false
    for (let i = 0; i < count; i += 1) {
      const start = ranges.start(i)
      const length = ranges.end(i) - start
      if (this.#ends[ends + i] !== at + length || !this.#same(at, view, start, length)) return false
      at += length
    }
    return true
  }

  /** Sixteen bytes at a time, then four, the last four once more; shorter pieces byte by byte. */
  #same(at: number, view: DataView, start: number, length: number): boolean {
    const kept = this.#view
    if (length < 4) {
      for (let i = 0; i < length; i += 1) {
        if (kept.getUint8(at + i) !== view.getUint8(start + i)) return false
      }
      return true
    }
    const last = length - 4
    let i = 0
    for (; i <= length - 16; i += 16) if (differs(kept, at + i, view, start + i)) return false
    for (; i < last; i += 4) {
      if (kept.getInt32(at + i, true) !== view.getInt32(start + i, true)) return false
    }
    return kept.getInt32(at + last, true) === view.getInt32(start + last, true)
  }
}

/** Whether any of sixteen bytes is another one: one branch for all of them. */
const differs = (a: DataView, at: number, b: DataView, start: number): boolean =>
  ((a.getInt32(at, true) ^ b.getInt32(start, true)) |
    (a.getInt32(at + 4, true) ^ b.getInt32(start + 4, true)) |
    (a.getInt32(at + 8, true) ^ b.getInt32(start + 8, true)) |
    (a.getInt32(at + 12, true) ^ b.getInt32(start + 12, true))) !==
  0

/** Of up to 48 bytes, four at a time and the last four once more; the rest must tell itself apart by being compared. */
export const hashOf = (view: DataView, start: number, length: number): number => {
  let hash = Math.imul(length, 0x27d4eb2f)
  const bytes = Math.min(48, length)
  for (let i = 0; i < bytes - 3; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(start + i, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  if ((bytes & 3) !== 0 && bytes > 3)
    hash = Math.imul(hash ^ view.getInt32(start + bytes - 4, true), 0x9e3779b1)
  return Math.imul(hash, 0x85ebca6b) >>> 12
}
