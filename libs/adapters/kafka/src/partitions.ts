/** Where a consumer stands in one partition that it owns. */
export interface Position {
  /** The next offset to handle: everything below has durable effects. */
  readonly next: number
  /** The offset after the newest record, as of `endAsOf`. */
  readonly end: number
  /** When `end` was asked for, milliseconds since the epoch: what was written before is below `end`. */
  readonly endAsOf: number
  /** Everything below `end` has been handled. */
  readonly caughtUp: boolean
}

/** What is remembered of an assigned partition; a new assignment starts a new one, so a late answer cannot touch it. */
export class PartitionState {
  readonly partition: number
  /** False until its start is known: nothing is handled before. */
  located = false
  /** False once it was taken away: whatever still runs for it is stale. */
  owned = true
  next = 0
  end = 0
  endAsOf = 0
  /** Failed attempts in a row at the same place. */
  attempts = 0
  /** When the next record to handle was written, where it has been fetched. */
  #nextWrittenAt: number | undefined
  /** When the end was first found to be beyond what is handled. */
  #behindSince: number | undefined
  #wake: NodeJS.Timeout | undefined

  constructor(partition: number) {
    this.partition = partition
  }

  get waiting(): boolean {
    return this.#wake !== undefined
  }

  get lag(): number {
    return this.located ? Math.max(0, this.end - this.next) : 0
  }

  /**
   * For how long the next record to handle has waited since it was written, in milliseconds; of one that is not fetched yet it is known only
   * since when it is there. 0 where nothing waits.
   */
  lagMs(now: number): number {
    if (this.lag === 0) return 0
    const since = this.#nextWrittenAt ?? this.#behindSince
    return since === undefined ? 0 : Math.max(0, now - since)
  }

  sawEnd(end: number, at: number): void {
    this.end = Math.max(this.end, end)
    this.endAsOf = at
    if (this.lag > 0) this.#behindSince ??= at
  }

  /** The next record to handle was fetched; `writtenAt` is Kafka's time of it. */
  fetched(writtenAt: number): void {
    this.#nextWrittenAt = writtenAt
  }

  advance(next: number): void {
    if (next > this.next) {
      this.next = next
      this.#nextWrittenAt = undefined
      this.#behindSince = undefined
    }
    this.attempts = 0
  }

  wakeAfter(ms: number, wake: () => void): void {
    clearTimeout(this.#wake)
    this.#wake = setTimeout(() => {
      this.#wake = undefined
      wake()
    }, ms)
  }

  drop(): void {
    this.owned = false
    clearTimeout(this.#wake)
    this.#wake = undefined
  }

  position(): Position {
    const { next, end, endAsOf } = this
    return { next, end, endAsOf, caughtUp: endAsOf > 0 && next >= end }
  }
}

/** The partitions that this consumer owns at present. */
export class Partitions {
  #states = new Map<number, PartitionState>()

  get all(): readonly PartitionState[] {
    return [...this.#states.values()]
  }

  get(partition: number): PartitionState | undefined {
    return this.#states.get(partition)
  }

  /** Takes everything away and answers what it was. */
  clear(): readonly number[] {
    const former = [...this.#states.keys()]
    for (const state of this.#states.values()) state.drop()
    this.#states = new Map()
    return former
  }

  add(partition: number): PartitionState {
    this.#states.get(partition)?.drop()
    const state = new PartitionState(partition)
    this.#states.set(partition, state)
    return state
  }
}
