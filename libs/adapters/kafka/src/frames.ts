/**
 * Larger than any answer that a broker may give us (`maxBytes` of a fetch, and one batch that is larger still), and smaller than what the
 * first bytes of TLS would announce: 0x15 or 0x16 in front are 336 MB or more.
 */
const MAX_FRAME_BYTES = 256 * 1024 * 1024
const SIZE_BYTES = 4

/**
 * Puts the pieces of a Kafka connection together: an answer is its size in four bytes and so many bytes behind them. Each is handed on
 * whole, in a buffer of its own that was made once, in its right size.
 */
export class Frames {
  readonly #whole: (frame: Buffer) => void
  readonly #size = Buffer.alloc(SIZE_BYTES)
  #sizeRead = 0
  #frame: Buffer | undefined
  #filled = 0

  constructor(whole: (frame: Buffer) => void) {
    this.#whole = whole
  }

  /** Takes the first `length` bytes of a piece. Throws a RangeError for a size that no answer has: this is no Kafka, or it has gone astray. */
  take(piece: Buffer, length: number): void {
    let at = 0
    while (at < length) at += this.#takeSome(piece, at, length)
  }

  #takeSome(piece: Buffer, at: number, length: number): number {
    if (this.#frame === undefined) {
      const taken = piece.copy(
        this.#size,
        this.#sizeRead,
        at,
        Math.min(length, at + SIZE_BYTES - this.#sizeRead),
      )
      this.#sizeRead += taken
      if (this.#sizeRead === SIZE_BYTES) this.#begin()
      return taken
    }
    const taken = piece.copy(this.#frame, this.#filled, at, length)
    this.#filled += taken
    this.#end()
    return taken
  }

  #begin(): void {
    const size = this.#size.readInt32BE(0)
    if (size < 0 || size > MAX_FRAME_BYTES)
      throw new RangeError(`the peer announces an answer of ${size} bytes; is this a Kafka broker?`)
    const frame = Buffer.allocUnsafeSlow(SIZE_BYTES + size)
    this.#size.copy(frame)
    this.#frame = frame
    this.#filled = SIZE_BYTES
    this.#sizeRead = 0
    this.#end()
  }

  #end(): void {
    const frame = this.#frame
    if (frame === undefined || this.#filled < frame.length) return
    this.#frame = undefined
    this.#whole(frame)
  }
}
