import { ByteMemo, hashOf, Ranges, type WireCursor } from '@kubesift/adapter-otlp'

const SLOTS = 65_536
const UUID_BYTES = 16

/** UUIDs as texts, the same text for the same bytes as long as it is among the newest. */
export class UuidMemo {
  readonly #memo = new ByteMemo(SLOTS, UUID_BYTES)
  readonly #texts: string[] = []
  readonly #ranges = new Ranges()

  /** The UUID in the bytes from the cursor to `end`, where the cursor then is. */
  read(cursor: WireCursor, end: number): string {
    const start = cursor.pos
    if (end - start !== UUID_BYTES) cursor.fail('wrong-shape', `a UUID of ${end - start} bytes`)
    const ranges = this.#ranges
    ranges.clear()
    ranges.add(start, end)
    const hash = hashOf(cursor.view, start, UUID_BYTES)
    const known = this.#memo.find(cursor.view, ranges, hash)
    cursor.pos = end
    if (known >= 0) return this.#texts[known] as string
    const text = textOf(cursor.bytes.toString('hex', start, end))
    const claim = this.#memo.claim(cursor.bytes, ranges, hash)
    if (claim !== undefined && this.#memo.settle(claim)) this.#texts[claim.slot] = text
    return text
  }
}

const textOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
