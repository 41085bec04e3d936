import { contentId } from '../hash.ts'

/** So many names fit beside an offset (Kafka keeps 4,096 bytes). */
const MAX_NOTED = 250
const NAME = 12
/** What was told to be in breach and is not seen any more is forgotten after so long: it is told again at least every half hour. */
const FORGOTTEN_AFTER_MS = 2 * 3_600_000

const nameOf = (key: string): string => contentId(key).slice(0, NAME)

/**
 * What was told to be in breach: by this reader, and by those before it as far as their notes say. Whoever was in breach is told when it is
 * well, also where this reader has never seen it otherwise.
 */
export class Noted {
  readonly #toldAt = new Map<string, number>()
  /** Recalled since the last sample: it has no time of its own. */
  #recalled: string[] = []
  #newest = -Infinity
  /** Until then something may be in breach of which nothing is known here. */
  #allUntil = -Infinity
  #isAll = false

  /** The time goes on. */
  at(at: number): void {
    this.#newest = Math.max(this.#newest, at)
    for (const name of this.#recalled) this.#toldAt.set(name, at)
    this.#recalled = []
    if (this.#isAll) this.#allUntil = this.#newest + FORGOTTEN_AFTER_MS
    this.#isAll = false
  }

  has(key: string): boolean {
    return this.#isAll || this.#newest < this.#allUntil || this.#toldAt.has(nameOf(key))
  }

  told(key: string, breach: boolean, at: number): void {
    if (breach) this.#toldAt.set(nameOf(key), at)
    else this.#toldAt.delete(nameOf(key))
  }

  /** From now on anything may be in breach. */
  all(): void {
    this.#isAll = true
  }

  /** What the next reader has to know. */
  note(): string {
    for (const [name, at] of this.#toldAt)
      if (at < this.#newest - FORGOTTEN_AFTER_MS) this.#toldAt.delete(name)
    const names = new Set([...this.#toldAt.keys(), ...this.#recalled])
    const isAll = this.#isAll || this.#newest < this.#allUntil || names.size > MAX_NOTED
    return JSON.stringify({ breaches: isAll ? 'any' : [...names].sort() })
  }

  /** Takes up what a former reader has noted; what cannot be read may have been anything. */
  recall(note: string): void {
    const names = namesIn(note)
    if (names === undefined) this.#isAll = true
    else this.#recalled.push(...names)
  }
}

const namesIn = (note: string): readonly string[] | undefined => {
  try {
    const { breaches } = JSON.parse(note) as { readonly breaches?: unknown }
    return Array.isArray(breaches) && breaches.every((name) => typeof name === 'string')
      ? breaches.slice(0, MAX_NOTED)
      : undefined
  } catch {
    return undefined
  }
}
