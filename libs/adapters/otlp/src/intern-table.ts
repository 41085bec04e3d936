import { utf8Text } from './text-slice.ts'

/** Longest text that is kept; a Kubernetes UID has 36 bytes, the longest attribute key of the Collector's receivers 31. */
const MAX_LENGTH = 48
const SLOT_BYTES = 64
const SLOT_BITS = 12
const SLOTS = 1 << SLOT_BITS

/**
 * Short texts that come again and again (keys, kinds, namespaces, UIDs) as the same string, without decoding them again.
 *
 * Direct-mapped and of fixed size (256 KB of bytes and as many strings as slots): a newcomer takes the slot, so hostile
 * input can make it useless but never large, and the bytes are compared in full, so never wrong.
 */
export class InternTable {
  readonly #lengths = new Uint8Array(SLOTS)
  readonly #bytes = new Uint8Array(SLOTS * SLOT_BYTES)
  readonly #view = new DataView(this.#bytes.buffer)
  readonly #texts: string[] = new Array<string>(SLOTS).fill('')

  /** The text in `bytes[start, start + length)`, which the caller knows to be inside of the buffer. */
  text(bytes: Buffer, view: DataView, start: number, length: number): string {
    if (length === 0) return ''
    if (length > MAX_LENGTH) return utf8Text(bytes, start, start + length)
    const slot = slotOf(bytes, view, start, length)
    if (this.#lengths[slot] === length && this.#holds(slot, bytes, view, start, length)) {
      return this.#texts[slot] as string
    }
    return this.#put(slot, bytes, start, length)
  }

  /** Four bytes at a time, the last four once more; shorter texts byte by byte. */
  #holds(slot: number, bytes: Buffer, view: DataView, start: number, length: number): boolean {
    const base = slot * SLOT_BYTES
    if (length < 4) return this.#holdsBytes(base, bytes, start, length)
    const kept = this.#view
    for (let i = 0; i <= length - 4; i += 4) {
      if (kept.getInt32(base + i, true) !== view.getInt32(start + i, true)) return false
    }
    const last = length - 4
    return kept.getInt32(base + last, true) === view.getInt32(start + last, true)
  }

  #holdsBytes(base: number, bytes: Buffer, start: number, length: number): boolean {
    for (let i = 0; i < length; i += 1) {
      if (this.#bytes[base + i] !== bytes[start + i]) return false
    }
    return true
  }

  #put(slot: number, bytes: Buffer, start: number, length: number): string {
    const text = utf8Text(bytes, start, start + length)
    const base = slot * SLOT_BYTES
    for (let i = 0; i < length; i += 1) this.#bytes[base + i] = bytes[start + i] as number
    this.#lengths[slot] = length
    this.#texts[slot] = text
    return text
  }
}

/** Of the length, and of the middle and the last four bytes, in which names and UIDs differ most. */
const slotOf = (bytes: Buffer, view: DataView, start: number, length: number): number => {
  const last = start + length - 1
  const mixed =
    length < 4
      ? ((bytes[start] as number) << 8) | (bytes[last] as number)
      : view.getInt32(start + ((length - 4) >>> 1), true) ^
        Math.imul(view.getInt32(last - 3, true), 0x165667b1)
  return Math.imul(mixed ^ Math.imul(length, 0x27d4eb2f), 0x9e3779b1) >>> (32 - SLOT_BITS)
}
