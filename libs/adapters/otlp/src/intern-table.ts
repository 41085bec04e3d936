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
  readonly #texts: string[] = new Array<string>(SLOTS).fill('')

  /** The text in `bytes[start, start + length)`, which the caller knows to be inside of the buffer. */
  text(bytes: Buffer, start: number, length: number): string {
    if (length === 0) return ''
    if (length > MAX_LENGTH) return utf8Text(bytes, start, start + length)
    const slot = slotOf(bytes, start, length)
    if (this.#lengths[slot] === length && this.#holds(slot, bytes, start, length)) {
      return this.#texts[slot] as string
    }
    return this.#put(slot, bytes, start, length)
  }

  #holds(slot: number, bytes: Buffer, start: number, length: number): boolean {
    const kept = this.#bytes
    const base = slot * SLOT_BYTES
    for (let i = 0; i < length; i += 1) {
      if (kept[base + i] !== bytes[start + i]) return false
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

/** Length, and the bytes at which names and UIDs differ most: the first, the middle, the last three. */
const slotOf = (bytes: Buffer, start: number, length: number): number => {
  const last = start + length - 1
  const ends = ((bytes[start] as number) << 24) | ((bytes[start + (length >>> 1)] as number) << 16)
  const tail =
    ((bytes[last] as number) << 8) |
    (bytes[length > 2 ? last - 2 : last] as number) |
    ((bytes[length > 1 ? last - 1 : last] as number) << 4)
  return Math.imul(ends ^ tail ^ Math.imul(length, 0x9e3779b1), 0x85ebca6b) >>> (32 - SLOT_BITS)
}
