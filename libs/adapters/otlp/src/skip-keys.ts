const LAST_BIT = 31

/** Recognises keys that are not wanted by their bytes, before a string is made of them. One bit test for all others. */
export class SkipKeys {
  readonly #keys: readonly Buffer[]
  readonly #lengths: number

  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => Buffer.from(key, 'utf8'))
    this.#lengths = this.#keys.reduce((bits, key) => bits | bitOf(key.length), 0)
  }

  has(bytes: Buffer, start: number, length: number): boolean {
    return (this.#lengths & bitOf(length)) !== 0 && this.#find(bytes, start, length)
  }

  #find(bytes: Buffer, start: number, length: number): boolean {
    for (const key of this.#keys) {
      if (key.length === length && sameBytes(key, bytes, start)) return true
    }
    return false
  }
}

const sameBytes = (key: Buffer, bytes: Buffer, start: number): boolean => {
  for (let i = 0; i < key.length; i += 1) {
    if (key[i] !== bytes[start + i]) return false
  }
  return true
}

const bitOf = (length: number): number => 1 << (length < LAST_BIT ? length : LAST_BIT)
