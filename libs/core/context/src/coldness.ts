import type { Facts } from './facts.ts'
import type { Memories } from './memories.ts'
import type { Retirement } from './retirement.ts'
import { FORGOTTEN, isName, restOf, type Fields } from './stored-facts.ts'

/** So long after the last record a namespace of which nothing was ever told is forgotten: as long as `signals` keeps its records. */
export const FORGET_AFTER_MS = 7 * 24 * 3_600_000

const IDLE = 'idle'

/** What there is of a namespace. */
export interface Whole {
  readonly facts: Facts
  readonly memory: Memories
  readonly retirement: Retirement
}

/** How a namespace is when it is looked at. */
interface Looked {
  /** No fact is left of it that can change, and nothing is to be decided. */
  readonly isBare: boolean
  /** Nothing of it was ever a symptom, and nothing came too late. */
  readonly saysNothing: boolean
}

const NOT_BARE: Looked = { isBare: false, saysNothing: false }

/**
 * Whether a namespace has gone cold, such as those of previews that come and go: nothing is left of it but sums, and nothing has come for
 * long, by the watermark. Since when is stored with what is left.
 */
export class Coldness {
  readonly #afterMs: number
  readonly #of: Whole
  /** The watermark at which it was seen first that nothing comes; null: something has come since. */
  #since: number | null = null
  /** That watermark is stored. */
  #isStored = false
  /** What is left of it was given to be stored. */
  #isFolded = false
  #looked = NOT_BARE

  constructor(afterMs: number, of: Whole) {
    this.#afterMs = afterMs
    this.#of = of
  }

  /** Takes up a stored field; false where it is not this one. */
  take(field: string, text: string): boolean {
    if (field !== IDLE) return false
    this.#since = Number(text)
    this.#isStored = true
    return true
  }

  /** Something has come. */
  touched(): void {
    this.#since = null
    this.#isFolded = false
  }

  /** The watermark at which to look again; null: none. */
  get nextAt(): number | null {
    const { isBare, saysNothing } = this.#looked
    if (!isBare || this.#afterMs === Infinity) return null
    // At the next watermark, whatever it is: from then on it is idle.
    if (this.#since === null) return 0
    if (!this.#isFolded) return this.#since + this.#afterMs
    return saysNothing ? this.#since + FORGET_AFTER_MS : null
  }

  /**
   * What is left of it, where that is all that is to be kept; with nothing in it there is nothing to keep. Undefined where it is not cold;
   * `fields` are what is to be stored then.
   */
  settle(watermark: number | null, fields: Fields): Fields | undefined {
    const looked = this.#look()
    this.#looked = looked
    if (this.#isStored && this.#since === null) {
      this.#isStored = false
      fields.set(IDLE, FORGOTTEN)
    }
    if (!looked.isBare || watermark === null || this.#afterMs === Infinity) return undefined
    if (this.#since === null) {
      // It may be loaded anew before it is cold: the wait goes on from here.
      this.#since = watermark
      this.#isStored = true
      fields.set(IDLE, String(watermark))
    }
    if (watermark < this.#since + this.#afterMs) return undefined
    if (looked.saysNothing && watermark >= this.#since + FORGET_AFTER_MS) {
      fields.set(IDLE, FORGOTTEN)
      this.#looked = NOT_BARE
      return new Map()
    }
    this.#isFolded = true
    return this.#rest().set(IDLE, String(this.#since))
  }

  #look(): Looked {
    const { facts, memory, retirement } = this.#of
    const isBare =
      facts.events.isEmpty &&
      facts.objects.size === 0 &&
      facts.others.alerts().length === 0 &&
      retirement.nextAt === null &&
      !memory.isAwake
    return { isBare, saysNothing: isBare && [...this.#rest().keys()].every(isName) }
  }

  #rest(): Fields {
    const { facts, memory, retirement } = this.#of
    return new Map([...memory.fields(), ...retirement.fields(), ...restOf(facts)])
  }
}
