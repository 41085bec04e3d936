import type { Claim, Rebuild } from '@kubesift/adapter-redis'
import type { Context } from '@kubesift/contracts'

/** A partition whose state was lost, until it is whole again: what is still to be told of the contexts of before. */
export class Rebuilding {
  readonly until: number
  readonly #from: number | undefined
  /** By where they are due, the first at the end. */
  readonly #waiting: Rebuild['measured'][number][]

  /** `next` is the offset that is applied next: what was due before it has been told. */
  constructor({ until, from, measured }: Rebuild, next: number) {
    this.until = until
    this.#from = from
    this.#waiting = measured.filter(({ at }) => at >= next).sort((a, b) => b.at - a.at)
  }

  /** Records that are still to be read again, and how many there are in all. */
  left(next: number): { readonly left: number; readonly of?: number } {
    const left = Math.max(0, this.until - next)
    return { left, ...(this.#from === undefined ? {} : { of: this.until - this.#from }) }
  }

  /** The contexts that are due once all below this offset is applied; each is answered once. */
  due(below: number): Context[] {
    const due: Context[] = []
    while ((this.#waiting.at(-1)?.at ?? Infinity) < below) due.push(this.#waiting.pop()!.context)
    return due
  }
}

/** The claim for as long as it holds: what is measured is let go as it is told. */
export const withoutMeasured = (claim: Claim): Claim =>
  claim.rebuild === undefined ? claim : { ...claim, rebuild: { ...claim.rebuild, measured: [] } }
