const KEPT = 4_096

/**
 * Events that are mere context here: told again they need not be looked at again. Bounded; what is forgotten is only looked at again, or
 * waits a while with what nobody knows.
 */
export class Passed {
  readonly #uids = new Set<string>()

  has(uid: string): boolean {
    return this.#uids.has(uid)
  }

  add(uid: string): void {
    if (this.#uids.size >= KEPT) this.#uids.clear()
    this.#uids.add(uid)
  }
}
