/**
 * What is being done, in this order: what was published is read, it is written as the beginning of the new state, records are read again,
 * and all is published.
 */
export type RebuildStep = 'contexts' | 'beginning' | 'records' | 'publishing' | 'whole'

/** A partition of `signals` whose state was lost, and how far it is made again. */
export interface RebuildPart {
  readonly partition: number
  /** Milliseconds since the epoch; unknown where a former version has begun it. */
  readonly since?: number
  /** That under which all will be published; not known before what was published is read. */
  readonly epoch?: number
  readonly step: RebuildStep
  /** What is left of this step, and how much of it there is in all, if that is known: records, or namespaces. */
  readonly left: number
  readonly of?: number
}

/** How far lost states are made again, for whoever asks: nothing is decided by it. */
export class RebuildProgress {
  readonly #parts = new Map<number, RebuildPart>()

  at(part: RebuildPart): void {
    this.#parts.set(part.partition, part)
    this.#tidy()
  }

  /** It is not lost, or no longer ours. */
  forget(partition: number): void {
    this.#parts.delete(partition)
    this.#tidy()
  }

  /** Those that are whole are shown beside those that are not, and no longer. */
  #tidy(): void {
    if (this.unfinished === 0) this.#parts.clear()
  }

  /** Partitions of which nothing is told so far. */
  get unfinished(): number {
    return [...this.#parts.values()].filter(({ step }) => step !== 'whole').length
  }

  /** In the order of the partitions; undefined where none is being made again. */
  report(): readonly RebuildPart[] | undefined {
    if (this.unfinished === 0) return undefined
    return [...this.#parts.values()].sort((a, b) => a.partition - b.partition)
  }
}
