/** So many owners of a namespace are told at the beginning of a round, whatever their number: to derive them takes some 5 ms. */
const AT_ONCE = 16

interface Round {
  readonly at: number
  /** Owners that waited at its beginning. */
  readonly size: number
  told: number
}

/**
 * When counts that wait are told. A namespace has a round each `refreshMs`; where many of its owners wait they are told in even parts
 * until the next round, so that nobody else waits until all of them are derived, published and stored. A round begins with a report of
 * progress, so what waits is told after twice `refreshMs` and two such reports at the latest. All by the time of progress records. Nothing of it is stored: what is forgotten is told sooner.
 */
export class RefreshRounds {
  readonly #rounds = new Map<string, Round>()
  readonly #refreshMs: number
  readonly #most: number

  /** Rounds of at most so many namespaces are remembered. */
  constructor(refreshMs: number, most: number) {
    this.#refreshMs = refreshMs
    this.#most = most
  }

  /** Whether any that wait may be told now. */
  isDue(id: string, at: number): boolean {
    const round = this.#current(id, at)
    return round === undefined || this.#nextOf(round, at) > 0
  }

  /** How many of the `waiting` owners of the namespace, those first that wait longest, are to be told now. */
  take(id: string, waiting: number, at: number): number {
    const round = this.#current(id, at)
    if (round !== undefined) {
      const next = this.#nextOf(round, at)
      round.told += next
      return next
    }
    if (this.#refreshMs === 0) return Infinity
    const { size = 0, told: before = 0 } = this.#rounds.get(id) ?? {}
    const told = Math.max(AT_ONCE, size - before)
    this.#rounds.delete(id)
    this.#rounds.set(id, { at, size: waiting, told })
    for (const oldest of this.#rounds.keys()) {
      if (this.#rounds.size <= this.#most) break
      this.#rounds.delete(oldest)
    }
    return told
  }

  /** The round that goes on; a writer whose clock was set back must not keep counts waiting. */
  #current(id: string, at: number): Round | undefined {
    const round = this.#rounds.get(id)
    const since = round === undefined ? -1 : at - round.at
    return since >= 0 && since < this.#refreshMs ? round : undefined
  }

  #nextOf(round: Round, at: number): number {
    const due = Math.ceil((round.size * (at - round.at)) / this.#refreshMs)
    return Math.max(0, due - round.told)
  }
}
