/** Seeded: the same seed gives the same storm on every machine. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0, below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  of<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T
  }

  /** Some of a list, in its order. */
  some<T>(list: readonly T[], count: number): T[] {
    const picked = list
      .map((item, i) => ({ item, i, r: this.next() }))
      .sort((a, b) => a.r - b.r)
      .slice(0, count)
    return picked.sort((a, b) => a.i - b.i).map(({ item }) => item)
  }

  uuid(): string {
    const hex = Array.from({ length: 8 }, () => this.int(0, 0xffff).toString(16).padStart(4, '0'))
    return `${hex[0]}${hex[1]}-${hex[2]}-4${hex[3]!.slice(1)}-a${hex[4]!.slice(1)}-${hex[5]}${hex[6]}${hex[7]}`
  }

  /** The alphabet of Kubernetes' generated names (apimachinery, util/rand). */
  suffix(length: number): string {
    const safe = 'bcdfghjklmnpqrstvwxz2456789'
    return Array.from({ length }, () => safe[this.int(0, safe.length - 1)]).join('')
  }
}
