const MAX_VARINT = 10
/** Bytes kept for the length of a nested message: it is known only when the message is written. */
const SHORT_LENGTH = 2

/** Writes protobuf into one growing buffer that is used again and again. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024)
  #pos = 0

  /** Bytes written since the last `clear`. */
  get size(): number {
    return this.#pos
  }

  clear(): void {
    this.#pos = 0
  }

  /** What was written since the last `clear`, as bytes of its own. */
  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#pos))
  }

  /** Copies what was written since the last `clear` to `at`; answers how much, or -1 where that is more than `max`. */
  copyInto(to: Buffer, at: number, max: number): number {
    if (this.#pos > max) return -1
    this.#bytes.copy(to, at, 0, this.#pos)
    return this.#pos
  }

  /** An unsigned integer of at most 53 bits. */
  number(tag: number, value: number): void {
    this.#room(1 + MAX_VARINT)
    this.#bytes[this.#pos++] = tag
    this.#varint(value)
  }

  /** The tag may be that of a field beyond the fifteenth, as in `text`. */
  double(tag: number, value: number): void {
    this.#room(10)
    this.#varint(tag)
    this.#pos = this.#bytes.writeDoubleLE(value, this.#pos)
  }

  text(tag: number, value: string): void {
    const length = Buffer.byteLength(value)
    this.#room(2 + MAX_VARINT + length)
    this.#varint(tag)
    this.#varint(length)
    this.#pos += this.#bytes.write(value, this.#pos, length, 'utf8')
  }

  bytes(tag: number, value: Uint8Array): void {
    this.piece(tag, value, 0, value.length)
  }

  piece(tag: number, value: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.#room(1 + MAX_VARINT)
    this.#bytes[this.#pos++] = tag
    this.#varint(length)
    this.raw(value, start, end)
  }

  /** Bytes that were written before. */
  raw(value: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.#room(length)
    if (length > 48) this.#bytes.set(value.subarray(start, end), this.#pos)
    else for (let i = 0; i < length; i += 1) this.#bytes[this.#pos + i] = value[start + i] as number
    this.#pos += length
  }

  /** Begins a nested message of less than 128 bytes. */
  openShort(tag: number): number {
    this.#room(2)
    this.#bytes[this.#pos] = tag
    this.#pos += 2
    return this.#pos
  }

  closeShort(start: number): void {
    this.#bytes[start - 1] = this.#pos - start
  }

  /** Begins a nested message; what it answers is for {@link close}. */
  open(tag: number): number {
    this.#room(1 + SHORT_LENGTH)
    this.#bytes[this.#pos++] = tag
    this.#pos += SHORT_LENGTH
    return this.#pos
  }

  /** Ends the message that `open` began: its length takes two bytes (a varint may have a needless one), or it is moved on. */
  close(start: number): void {
    const length = this.#pos - start
    if (length < 1 << 14) {
      this.#bytes[start - 2] = (length & 0x7f) | 0x80
      this.#bytes[start - 1] = length >>> 7
      return
    }
    this.#room(MAX_VARINT)
    const end = this.#pos
    let size = 2
    for (let rest = length; rest >= 1 << 14; rest = Math.floor(rest / 128)) size += 1
    this.#bytes.copyWithin(start + size - SHORT_LENGTH, start, end)
    this.#pos = start - SHORT_LENGTH
    this.#varint(length)
    this.#pos += length
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#pos++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#pos++] = rest
  }

  #room(more: number): void {
    if (this.#pos + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#pos + more))
    grown.set(this.#bytes.subarray(0, this.#pos))
    this.#bytes = grown
  }
}
