/**
 * What one loop tells of itself. Idle is healthy; waiting for a dependency is alive but not ready; work that has been begun, or
 * waits to be begun, and does not move is a stall. A dead consumer behind an open socket is what this is there to see.
 */
export class Progress {
  readonly #now: () => number
  readonly #begun = new Set<{ at: number }>()
  #pending = 0
  #movedAt: number
  #why: string | undefined

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#movedAt = now()
  }

  /** A piece of work begins; call the answer when it ends. Pieces may overlap. */
  begin(): () => void {
    const piece = { at: this.#now() }
    this.#begun.add(piece)
    return () => {
      if (this.#begun.delete(piece)) this.#movedAt = this.#now()
    }
  }

  /** Something moved: for long work that can say so, and for loops without pieces. */
  tick(): void {
    this.#movedAt = this.#now()
    for (const piece of this.#begun) piece.at = this.#movedAt
  }

  /** How much waits to be begun. The clock of a stall starts when there is something. */
  pending(count: number): void {
    if (this.#pending === 0 && count > 0) this.#movedAt = this.#now()
    this.#pending = count
  }

  /** Waiting for a dependency (a reason), or not any more (undefined). */
  blocked(why: string | undefined): void {
    if (this.#why !== undefined && why === undefined) this.tick()
    this.#why = why
  }

  /** The dependency that it waits for. */
  get why(): string | undefined {
    return this.#why
  }

  /** For how long work has not moved; 0 when there is none, or when it waits for a dependency. */
  stalledMs(): number {
    if (this.#why !== undefined) return 0
    const since = [...this.#begun].reduce(
      (oldest, { at }) => Math.min(oldest, at),
      this.#pending > 0 && this.#begun.size === 0 ? this.#movedAt : Infinity,
    )
    return since === Infinity ? 0 : Math.max(0, this.#now() - since)
  }
}
