import { encodeHeadInto, encodeUidInto, type Piece } from '@kubesift/adapter-signals'
import type { EventHead } from '@kubesift/contracts'

/** An encoded head of more than this is not kept: most are of some 250 bytes. */
const HEAD_BYTES = 704
/** A UUID takes 18 bytes; a UID of another form up to this. */
const NAME_BYTES = 48

const isSame = (a: Piece, b: Piece): boolean => {
  const length = a.end - a.start
  if (length !== b.end - b.start) return false
  for (let i = 0; i < length; i += 1)
    if (a.bytes[a.start + i] !== b.bytes[b.start + i]) return false
  return true
}

/** What is kept of an Event that may be told again. */
export interface Known {
  readonly event: EventHead
  /** What its record said of the beginning, before anything was made of it. */
  readonly firstAt: number | undefined
  /** Where it goes, by number. */
  readonly place: number
}

/**
 * What is known of the Events in the slots of a repeat memo: where they go and how they are written. Numbers and bytes in flat arrays:
 * tens of thousands of them as objects would be looked at by every garbage collection, which the large buffers of Kafka bring about often.
 */
export class KnownEvents {
  readonly #heads: Buffer
  readonly #headLengths: Uint16Array
  readonly #names: Buffer
  readonly #nameLengths: Uint8Array
  readonly #places: Int32Array
  readonly #firstAt: Float64Array
  readonly #beganAt: Float64Array
  readonly #mixed: Uint8Array
  readonly #wholeAt: Float64Array

  constructor(slots: number) {
    this.#heads = Buffer.alloc(slots * HEAD_BYTES)
    this.#headLengths = new Uint16Array(slots)
    this.#names = Buffer.alloc(slots * NAME_BYTES)
    this.#nameLengths = new Uint8Array(slots)
    this.#places = new Int32Array(slots)
    this.#firstAt = new Float64Array(slots)
    this.#beganAt = new Float64Array(slots)
    this.#mixed = new Uint8Array(slots)
    this.#wholeAt = new Float64Array(slots)
  }

  /** Keeps it; false where it is too large, and then nothing is known of the slot. In `twin` the same Event may be known under another head. */
  put(slot: number, { event, firstAt, place }: Known, twin: number): boolean {
    const head = encodeHeadInto(event, this.#heads, slot * HEAD_BYTES, HEAD_BYTES)
    const name = encodeUidInto(event.uid, this.#names, slot * NAME_BYTES, NAME_BYTES)
    this.#headLengths[slot] = Math.max(0, head)
    this.#nameLengths[slot] = Math.max(0, name)
    if (head < 0 || name < 0) return false
    this.#places[slot] = place
    this.#firstAt[slot] = firstAt ?? NaN
    this.#beganAt[slot] = event.firstAt
    this.#mixed[slot] = event.combined === true ? 1 : 0
    this.#wholeAt[slot] = -Infinity
    if (this.#contradicts(slot, twin)) this.#mixed[slot] = this.#mixed[twin] = 1
    return true
  }

  #contradicts(slot: number, twin: number): boolean {
    return (
      isSame(this.name(slot), this.name(twin)) &&
      !isSame(this.head(slot), this.head(twin)) &&
      this.placeOf(slot) === this.placeOf(twin)
    )
  }

  placeOf(slot: number): number {
    return this.#places[slot] as number
  }

  firstAt(slot: number): number | undefined {
    const at = this.#firstAt[slot] as number
    return Number.isNaN(at) ? undefined : at
  }

  /** The beginning that its head tells. */
  beganAt(slot: number): number {
    return this.#beganAt[slot] as number
  }

  /**
   * An Event that combines others has another text each time, and each tells of roll-outs; one that is told under several heads has the
   * text of the newest. Such are always told whole.
   */
  isMixed(slot: number): boolean {
    return this.#mixed[slot] === 1
  }

  /** Kafka's time of the record with which it was last told whole, durably; -Infinity: never. */
  wholeAt(slot: number): number {
    return this.#wholeAt[slot] as number
  }

  toldWhole(slot: number, at: number): void {
    this.#wholeAt[slot] = at
  }

  head(slot: number): Piece {
    const start = slot * HEAD_BYTES
    return { bytes: this.#heads, start, end: start + (this.#headLengths[slot] as number) }
  }

  name(slot: number): Piece {
    const start = slot * NAME_BYTES
    return { bytes: this.#names, start, end: start + (this.#nameLengths[slot] as number) }
  }
}
