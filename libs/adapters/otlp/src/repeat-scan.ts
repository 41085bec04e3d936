import { hashOf, Ranges } from './byte-memo.ts'
import type { WireCursor } from './wire-cursor.ts'

/** ResourceLogs, Resource, ScopeLogs, LogRecord, KeyValue and AnyValue: field × 8 + wire type. */
const RESOURCE = 0x0a
const SCOPE_LOGS = 0x12
const LOG_RECORDS = 0x12
const RESOURCE_ATTRIBUTES = 0x0a
const RECORD_ATTRIBUTES = 0x32
const TIME_UNIX_NANO = 0x09
const OBSERVED_TIME_UNIX_NANO = 0x59
const KEY = 0x0a
const VALUE = 0x12
const STRING_VALUE = 0x0a
const INT_VALUE = 0x18

/** Which attributes of a record tell what it is about, how often it was told, and nothing that matters. */
export interface RepeatKeys {
  /** A record attribute that is another one for each thing told of: where to look first. */
  readonly identity: string
  /** A record attribute, an integer that grows from telling to telling. */
  readonly count: string
  /** A resource attribute whose value is of no account. */
  readonly ignored: string
}

/**
 * Looks at a ResourceLogs message with one record in it, as receivers send that describe a thing in the resource, and cuts it into what
 * must be the same when the thing is told of again and what may change: times, the count, an attribute of no account. Whatever it does not
 * understand (another order, a field twice, what is broken) is none of those, and left to the reader.
 */
export class RepeatScan {
  readonly #identity: Buffer
  readonly #counter: Buffer
  readonly #ignored: Buffer
  #maxStringBytes = 0
  /** What must stay the same. */
  readonly ranges = new Ranges()
  /** Of the identity; 0 where the message is none that can be told again. */
  hash = 0
  bytes: Buffer = Buffer.alloc(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the time stands, or -1. */
  timeAt = -1
  /** The count, or -1. */
  count = -1
  #pos = 0
  /** Where the piece that goes on began. */
  #since = 0
  #records = 0
  #found = 0

  constructor({ identity, count, ignored }: RepeatKeys) {
    this.#identity = Buffer.from(identity)
    this.#counter = Buffer.from(count)
    this.#ignored = Buffer.from(ignored)
  }

  /** Cuts the message into what must stay the same; false where it is none of those that can be told again. */
  scan(cursor: WireCursor, end: number): boolean {
    this.bytes = cursor.bytes
    this.view = cursor.view
    this.#maxStringBytes = cursor.limits.maxStringBytes
    this.#pos = cursor.pos
    this.#since = cursor.pos
    this.ranges.clear()
    this.#records = 0
    this.hash = 0
    this.timeAt = -1
    this.count = -1
    this.#found = 0
    const readable = this.#resourceLogs(end) && this.#records === 1 && this.#cut(end, end)
    if (!readable) this.hash = 0
    return this.hash !== 0
  }

  #resourceLogs(end: number): boolean {
    while (this.#pos < end) {
      const tag = this.#byte()
      const fieldEnd = this.#fieldEnd(end)
      if (fieldEnd < 0) return false
      const ok =
        tag === RESOURCE
          ? this.#resource(fieldEnd)
          : tag === SCOPE_LOGS
            ? this.#scopeLogs(fieldEnd)
            : false
      if (!ok) return false
      this.#pos = fieldEnd
    }
    return this.#pos === end
  }

  #scopeLogs(end: number): boolean {
    while (this.#pos < end) {
      const tag = this.#byte()
      if ((tag & 7) !== 2 || tag >= 0x80) return false
      const fieldEnd = this.#fieldEnd(end)
      if (fieldEnd < 0) return false
      if (tag === LOG_RECORDS) {
        this.#records += 1
        if (this.#records > 1 || !this.#record(fieldEnd)) return false
      }
      this.#pos = fieldEnd
    }
    return this.#pos === end
  }

  #record(end: number): boolean {
    while (this.#pos < end) {
      const tag = this.#byte()
      if (tag >= 0x80) return false
      switch (tag & 7) {
        case 0:
          if (!this.#skipVarint(end)) return false
          break
        case 1:
          if (!this.#time(tag, end)) return false
          break
        case 2: {
          const fieldEnd = this.#fieldEnd(end)
          if (fieldEnd < 0) return false
          if (tag === RECORD_ATTRIBUTES && !this.#recordAttribute(fieldEnd)) return false
          this.#pos = fieldEnd
          break
        }
        case 5:
          this.#pos += 4
          break
        default:
          return false
      }
    }
    return this.#pos === end
  }

  /** The times are not among what must stay the same; each may stand there once. */
  #time(tag: number, end: number): boolean {
    const at = this.#pos
    this.#pos = at + 8
    if (this.#pos > end) return false
    if (tag === TIME_UNIX_NANO) {
      if (this.timeAt >= 0) return false
      this.timeAt = at
    } else if (tag !== OBSERVED_TIME_UNIX_NANO) return true
    return this.#cut(at, this.#pos)
  }

  #resource(end: number): boolean {
    while (this.#pos < end) {
      const tag = this.#byte()
      if ((tag & 7) !== 2 || tag >= 0x80) return false
      const fieldEnd = this.#fieldEnd(end)
      if (fieldEnd < 0) return false
      if (tag === RESOURCE_ATTRIBUTES && !this.#resourceAttribute(fieldEnd)) return false
      this.#pos = fieldEnd
    }
    return this.#pos === end
  }

  #resourceAttribute(end: number): boolean {
    const key = this.#key(end)
    if (key < 0) return false
    return this.#is(this.#ignored, key) ? this.#ignoredValue(end) : true
  }

  #recordAttribute(end: number): boolean {
    const key = this.#key(end)
    if (key < 0) return false
    if (this.#is(this.#counter, key)) return this.#countValue(end)
    const isIdentity = this.#is(this.#identity, key)
    const value = this.#pos
    // A second key behind the value would make another attribute of it, and that might be the count.
    if (value < end && (this.#byte() !== VALUE || this.#fieldEnd(end) !== end)) return false
    return isIdentity ? this.#identityValue(value, end) : true
  }

  /** Where the key begins that ends where the cursor then is; -1 where the key does not come first. */
  #key(end: number): number {
    if (this.#pos >= end || this.#byte() !== KEY) return -1
    const keyEnd = this.#fieldEnd(end)
    if (keyEnd < 0) return -1
    const key = this.#pos
    this.#pos = keyEnd
    return key
  }

  /** Whether the bytes from `at` to the cursor are this key. */
  #is(key: Buffer, at: number): boolean {
    if (this.#pos - at !== key.length) return false
    for (let i = key.length - 1; i >= 0; i -= 1) {
      if (key[i] !== this.bytes[at + i]) return false
    }
    return true
  }

  #once(bit: number): boolean {
    if ((this.#found & bit) !== 0) return false
    this.#found |= bit
    return true
  }

  #identityValue(value: number, end: number): boolean {
    if (!this.#once(1)) return false
    this.hash = hashOf(this.view, value, end - value) | (1 << 24)
    return true
  }

  /** One AnyValue with one string that the reader would take, and nothing behind it: only what it says is of no account. */
  #ignoredValue(end: number): boolean {
    if (!this.#once(2) || this.#pos >= end || this.#byte() !== VALUE) return false
    if (this.#fieldEnd(end) !== end || this.#pos >= end || this.#byte() !== STRING_VALUE)
      return false
    if (this.#fieldEnd(end) !== end) return false
    return end - this.#pos <= this.#maxStringBytes && this.#cut(this.#pos, end)
  }

  /** One AnyValue with one int of less than 2^31, and nothing behind it. */
  #countValue(end: number): boolean {
    if (!this.#once(4) || this.#pos >= end || this.#byte() !== VALUE) return false
    if (this.#fieldEnd(end) !== end || this.#pos >= end || this.#byte() !== INT_VALUE) return false
    const at = this.#pos
    let value = 0
    for (let scale = 1; this.#pos < end; scale *= 128) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte >= 0x80) continue
      this.count = value
      return this.#pos === end && value < 2 ** 31 && this.#cut(at, end)
    }
    return false
  }

  /** What stands between `start` and `end` may change; what stood before it may not. */
  #cut(start: number, end: number): boolean {
    const ok = this.ranges.add(this.#since, start)
    this.#since = end
    return ok
  }

  #byte(): number {
    const byte = this.bytes[this.#pos] as number
    this.#pos += 1
    return byte
  }

  /** The end of the field whose length stands here, or -1 where it does not lie inside. */
  #fieldEnd(end: number): number {
    let length = this.bytes[this.#pos] as number
    this.#pos += 1
    if (length >= 0x80) {
      length &= 0x7f
      for (let scale = 128; ; scale *= 128) {
        if (scale > 2 ** 28 || this.#pos >= end) return -1
        const byte = this.#byte()
        length += (byte & 0x7f) * scale
        if (byte < 0x80) break
      }
    }
    const fieldEnd = this.#pos + length
    return fieldEnd <= end ? fieldEnd : -1
  }

  #skipVarint(end: number): boolean {
    while (this.#pos < end) if (this.#byte() < 0x80) return true
    return false
  }
}
