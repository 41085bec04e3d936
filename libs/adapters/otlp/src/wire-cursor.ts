import { InternTable } from './intern-table.ts'
import { OtlpUnreadable, type UnreadableReason } from './otlp-unreadable.ts'
import { DEFAULT_LIMITS, type ReadLimits } from './read-limits.ts'
import { SkipKeys } from './skip-keys.ts'

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

const SKIP_NOTHING = new SkipKeys([])

/** One table for the process: what one request taught serves the next. */
const interned = new InternTable()

/**
 * A place in a protobuf message (https://protobuf.dev/programming-guides/encoding/).
 *
 * Every read checks that the bytes are there, and every length is checked against the end of the message around it before
 * anything is made of it: nothing is allocated by a declared length, and `pos` only grows.
 */
export class WireCursor {
  pos = 0
  #more = false
  readonly view: DataView
  readonly bytes: Buffer
  readonly limits: ReadLimits
  readonly skip: SkipKeys

  private constructor(bytes: Buffer, limits: ReadLimits, skip: SkipKeys) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.limits = limits
    this.skip = skip
  }

  /** At the start of any message, with the limits of a request. */
  static of(bytes: Uint8Array): WireCursor {
    return WireCursor.over(bytes, DEFAULT_LIMITS, SKIP_NOTHING)
  }

  /** At the start of a whole request, which is refused when it is too large. */
  static over(bytes: Uint8Array, limits: ReadLimits, skip: SkipKeys): WireCursor {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const cursor = new WireCursor(view, limits, skip)
    if (view.length > limits.maxBytes) {
      cursor.fail('too-large', `${view.length} bytes, ${limits.maxBytes} are allowed`)
    }
    return cursor
  }

  fail(reason: UnreadableReason, what: string, at: number = this.pos): never {
    throw new OtlpUnreadable(reason, at, what)
  }

  /** The next byte; `end` is where the message around it ends. */
  byte(end: number): number {
    if (this.pos >= end) this.fail('truncated', 'the message ends inside of a field')
    const byte = this.bytes[this.pos] as number
    this.pos += 1
    return byte
  }

  /** A field's tag: number × 8 + wire type. */
  tag(end: number): number {
    const first = this.bytes[this.pos] as number
    if (first < 0x80) {
      this.pos += 1
      return first
    }
    const at = this.pos
    const tag = this.varint(end)
    if (tag > 0xffff_ffff) this.fail('bad-tag', 'a field number beyond 2^29', at)
    return tag
  }

  /** The end of the length-delimited field that begins here; it lies inside of the message around it. */
  endOfField(end: number): number {
    const at = this.pos
    const first = this.bytes[at] as number
    let length = first
    if (first < 0x80 && at < end) this.pos = at + 1
    else length = this.varint(end)
    const fieldEnd = this.pos + length
    if (fieldEnd > end) {
      this.fail(
        'bad-length',
        `a field of ${length} bytes, of which ${end - this.pos} are there`,
        at,
      )
    }
    return fieldEnd
  }

  /** An unsigned varint as a number: exact up to 2^53, and no less than 2^53 above it. */
  varint(end: number): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 9; i += 1) {
      const byte = this.byte(end)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    return value + this.#lastByte(end) * scale
  }

  /** A varint as int64: a number where it is exact, else its decimal. Negative ones take ten bytes, in two's complement. */
  int64(end: number): number | string {
    const low28 = this.#septets(end, 4)
    if (!this.#more) return low28
    const middle28 = this.#septets(end, 4)
    const high7 = this.#more ? this.#septets(end, 1) : 0
    const sign = this.#more ? this.#lastByte(end) : 0
    const low = (low28 | (middle28 << 28)) >>> 0
    const high = (middle28 >>> 4) | (high7 << 24) | (sign << 31)
    const value = high * 2 ** 32 + low
    return Number.isSafeInteger(value) ? value : String((BigInt(high) << 32n) + BigInt(low))
  }

  /** Up to `count` bytes of a varint; `#more` says whether it goes on behind them. */
  #septets(end: number, count: number): number {
    let value = 0
    for (let i = 0; i < count; i += 1) {
      const byte = this.byte(end)
      value |= (byte & 0x7f) << (7 * i)
      this.#more = byte >= 0x80
      if (!this.#more) break
    }
    return value
  }

  /** The tenth byte of a varint has room for one bit. */
  #lastByte(end: number): number {
    const byte = this.byte(end)
    if (byte > 1) this.fail('varint-overflow', 'a varint of more than 64 bits', this.pos - 1)
    return byte
  }

  double(end: number): number {
    return this.bytes.readDoubleLE(this.#fixed64(end))
  }

  /** A signed integer of eight bytes as a number: exact up to ±2^53, rounded beyond. */
  fixedInt64(end: number): number {
    const at = this.#fixed64(end)
    return this.bytes.readInt32LE(at + 4) * 2 ** 32 + this.bytes.readUInt32LE(at)
  }

  /** Nanoseconds since the epoch as milliseconds with a fraction; 0 means unknown in OTLP. */
  timeMs(end: number): number | null {
    return this.timeAt(this.#fixed64(end))
  }

  /** As {@link timeMs}, of the eight bytes at `at`, which the caller knows to be inside of the buffer. */
  timeAt(at: number): number | null {
    const low = this.bytes.readUInt32LE(at)
    const high = this.bytes.readUInt32LE(at + 4)
    if (high === 0 && low === 0) return null
    // 2^32 ns are 4294 ms and 967296 ns. Both sums stay below 2^53, so whole milliseconds come out whole.
    const rest = high * 967_296 + low
    const restMs = Math.floor(rest / 1e6)
    return high * 4294 + restMs + (rest - restMs * 1e6) / 1e6
  }

  #fixed64(end: number): number {
    const at = this.pos
    if (at + 8 > end) this.fail('truncated', 'the message ends inside of a fixed-size field')
    this.pos = at + 8
    return at
  }

  /** The text of a field, without decoding it again when it is short and was seen before. */
  text(fieldEnd: number): string {
    const start = this.pos
    this.#checkLength(start, fieldEnd)
    this.pos = fieldEnd
    return interned.text(this.bytes, this.view, start, fieldEnd - start)
  }

  /** Bytes as text in another encoding than UTF-8. */
  bytesText(fieldEnd: number, encoding: 'hex' | 'base64'): string {
    const start = this.pos
    this.#checkLength(start, fieldEnd)
    this.pos = fieldEnd
    return fieldEnd === start ? '' : this.bytes.toString(encoding, start, fieldEnd)
  }

  /** Steps over a field that is not read. Groups (proto2, never in OTLP) and the unused wire types are refused. */
  stepOver(tag: number, end: number): void {
    const at = this.pos
    if (tag >>> 3 === 0) this.fail('bad-tag', 'field number 0', at)
    switch (tag & 7) {
      case VARINT:
        this.varint(end)
        return
      case FIXED64:
        this.pos += 8
        break
      case LENGTH_DELIMITED:
        this.pos = this.endOfField(end)
        return
      case FIXED32:
        this.pos += 4
        break
      default:
        this.fail('bad-tag', `wire type ${tag & 7}, which OTLP does not use`, at)
    }
    if (this.pos > end) this.fail('truncated', 'the message ends inside of a fixed-size field', at)
  }

  /** For a tag that matched no field of `read` (bits by number): such a field is stepped over, one of `read` has the wrong wire type. */
  stepOverOther(tag: number, end: number, read: number): void {
    const field = tag >>> 3
    if (field < 32 && (read & (1 << field)) !== 0) {
      this.fail('wrong-wire-type', `field ${field} with wire type ${tag & 7}`)
    }
    this.stepOver(tag, end)
  }

  #checkLength(start: number, fieldEnd: number): void {
    if (fieldEnd - start > this.limits.maxStringBytes) {
      this.fail('string-too-long', `a string of ${fieldEnd - start} bytes`)
    }
  }
}
