/** Writes protobuf. A message is written behind one byte kept for its length and moved on when that takes more. */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(4096)
  #pos = 0

  finish(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#pos)
  }

  varint(value: number | bigint): void {
    this.#room(10)
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 0x7fn) {
      this.#put(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.#put(Number(rest))
  }

  fixed32(value: number): void {
    this.#room(4)
    this.#pos = this.#bytes.writeUInt32LE(value >>> 0, this.#pos)
  }

  fixed64(value: bigint): void {
    this.#room(8)
    this.#pos = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#pos)
  }

  double(value: number): void {
    this.#room(8)
    this.#pos = this.#bytes.writeDoubleLE(value, this.#pos)
  }

  text(tag: number, value: string): void {
    this.bytes(tag, Buffer.from(value, 'utf8'))
  }

  bytes(tag: number, value: Uint8Array): void {
    this.varint(tag)
    this.varint(value.length)
    this.#room(value.length)
    this.#bytes.set(value, this.#pos)
    this.#pos += value.length
  }

  message(tag: number, write: () => void): void {
    this.varint(tag)
    this.#room(1)
    const lengthAt = this.#pos
    this.#pos += 1
    write()
    this.#closeMessage(lengthAt)
  }

  #closeMessage(lengthAt: number): void {
    const start = lengthAt + 1
    const end = this.#pos
    const size = end - start
    const lengthBytes = sizeOfVarint(size)
    this.#room(lengthBytes)
    this.#bytes.copyWithin(lengthAt + lengthBytes, start, end)
    this.#pos = lengthAt
    this.varint(size)
    this.#pos += size
  }

  #put(byte: number): void {
    this.#bytes[this.#pos] = byte
    this.#pos += 1
  }

  #room(more: number): void {
    if (this.#pos + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#pos + more))
    grown.set(this.#bytes.subarray(0, this.#pos))
    this.#bytes = grown
  }
}

const sizeOfVarint = (value: number): number => {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size += 1
  return size
}
