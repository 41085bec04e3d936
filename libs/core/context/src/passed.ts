import type { EventHead } from '@kubesift/contracts'

const KEPT = 1_024

/**
 * Events that are mere context here: told again they need not be looked at again, unless they are told under another head. Bounded; what
 * is forgotten is only looked at again, or waits a while with what nobody knows.
 */
export class Passed {
  readonly #heads = new Map<string, EventHead>()

  has(uid: string): boolean {
    return this.#heads.has(uid)
  }

  /** Whether it was this head, which comes as the same object from the same reader. */
  hasHead(head: EventHead): boolean {
    return this.#heads.get(head.uid) === head
  }

  add(head: EventHead): void {
    if (this.#heads.size >= KEPT) this.#heads.clear()
    this.#heads.set(head.uid, head)
  }

  /** It is of account after all. */
  delete(uid: string): void {
    this.#heads.delete(uid)
  }
}
