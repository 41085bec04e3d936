import { MessageTooLarge, type Batch, type Handled, type Producer } from '@kubesift/adapter-kafka'
import type { Claim, StateStore } from '@kubesift/adapter-redis'
import type { SignalsRecord } from '@kubesift/adapter-signals'
import { clusters, Fenced, incidentContexts, tooLate, type Context } from '@kubesift/contracts'
import type { AssembleFacts } from '../facts.ts'
import type { HeldOptions } from './held-options.ts'
import { HeldPartition } from './held-partition.ts'
import type { RebuildProgress } from './rebuild-progress.ts'

export interface AssemblerOptions extends HeldOptions {
  readonly store: StateStore
  readonly producer: Producer
  readonly facts: AssembleFacts
  readonly rebuilds: RebuildProgress
  /** A pause longer than this between writing and publishing is checked for a takeover first. */
  readonly suspiciousPauseMs: number
  /** Begins the state of a partition that has none: from what is known elsewhere, if it was lost. */
  readonly restore: (claim: Claim) => Promise<Claim>
  /** The state of a partition that was lost is whole again, and published under this epoch. */
  readonly rebuilt: (partition: number, epoch: number) => void
  /** A context that its topic can never take was left out: its incident stays as it was, and somebody has to look. */
  readonly setAside: (key: string, why: string) => void
}

/** Signals in, contexts out: the partitions that this process holds, and what it does with a batch of one. */
export class Assembler {
  readonly #options: AssemblerOptions
  readonly #held = new Map<number, HeldPartition>()

  constructor(options: AssemblerOptions) {
    this.#options = options
  }

  /** Takes a partition over, publishes what its former holder may not have, and answers where its state stands (0: nowhere). */
  async assigned(partition: number): Promise<number> {
    const found = await this.#options.store.claim(partition)
    const claim = found.next === null ? await this.#options.restore(found) : found
    const held = new HeldPartition(this.#options, claim)
    if (claim.rebuild === undefined) this.#options.rebuilds.forget(partition)
    else this.#options.rebuilds.at(held.rebuilt)
    // Whoever made a lost state again may have died while it was published.
    if (claim.rebuild !== undefined && !held.isRebuilding) await this.#rebuilt(held, partition)
    else await this.#publishOwed(held)
    this.#held.set(partition, held)
    return held.next ?? 0
  }

  async #publishOwed(held: HeldPartition): Promise<void> {
    if (!held.owes) return
    for await (const contexts of held.unpublished()) {
      await this.#publish(contexts)
      if (held.claim.rebuild !== undefined) this.#options.rebuilds.at(held.rebuilt)
    }
    await held.markPublished()
  }

  revoked(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.#held.delete(partition)
      this.#options.rebuilds.forget(partition)
    }
  }

  async handle(batch: Batch<SignalsRecord>): Promise<Handled> {
    const held = this.#held.get(batch.partition)
    if (held === undefined)
      throw new Fenced(`partition ${batch.partition} of signals is not held here any more`)
    try {
      await this.#apply(held, batch)
    } catch (error) {
      // Memory may be ahead of what was written: it must not be used again, whatever the reason.
      this.#held.delete(batch.partition)
      throw error instanceof Fenced ? error : await this.#afterFailure(batch.partition, error)
    }
    return { through: batch.lastOffset }
  }

  async #apply(held: HeldPartition, batch: Batch<SignalsRecord>): Promise<void> {
    const wasRebuilding = held.isRebuilding
    const contexts = await held.apply(
      batch.records.map(({ offset, value, traceparent }) => ({ offset, value, traceparent })),
    )
    const written = performance.now()
    if (contexts.length > 0) {
      await this.#stillHeld(held, batch, written)
      await this.#publish(contexts)
      await held.markPublished()
    }
    if (wasRebuilding) {
      this.#options.rebuilds.at(held.rebuilt)
      // What there is to tell was told before the loss; once the state is whole again, all of it once more.
      if (!held.isRebuilding) await this.#rebuilt(held, batch.partition)
      return
    }
    await this.#tellClusters(held)
    await this.#tellLate(held)
    this.#options.facts.batchAssembled({ records: batch.records.length, contexts: contexts.length })
    const { ignored, noise } = held.counted.takeIgnored()
    this.#options.facts.contextsIgnored(ignored)
    this.#options.facts.eventsIgnored(noise)
  }

  async #rebuilt(held: HeldPartition, partition: number): Promise<void> {
    await this.#publishOwed(held)
    await this.#options.store.whole(held.claim)
    this.#options.rebuilds.at({ ...held.rebuilt, step: 'whole', left: 0 })
    this.#options.rebuilt(partition, held.claim.epoch)
  }

  /** Nothing is decided by it: what is lost in a crash is told again by the next progress. */
  async #tellClusters(held: HeldPartition): Promise<void> {
    const told = held.sources.take()
    if (told.length === 0) return
    await this.#options.producer.publish(clusters, told, { timeOf: ({ at }) => at })
  }

  /** The state has the ledgers; one that is lost here in a crash is told again with the next entry. */
  async #tellLate(held: HeldPartition): Promise<void> {
    const late = held.counted.takeLate()
    if (late.length === 0) return
    this.#options.facts.cameTooLate(late.length)
    await this.#options.producer.publish(tooLate, late)
  }

  /** A process that was suspended here wakes up late: its successor has published newer versions, and ours must not follow them. */
  async #stillHeld(
    held: HeldPartition,
    batch: Batch<SignalsRecord>,
    written: number,
  ): Promise<void> {
    if (performance.now() - written < this.#options.suspiciousPauseMs && !batch.isStale()) return
    if (await this.#options.store.holds(held.claim)) return
    throw new Fenced(
      `partition ${batch.partition} of signals was taken over before its contexts were published`,
    )
  }

  /** Starts over from the stored state, so that the retry of the same records begins where Redis stands. */
  async #afterFailure(partition: number, error: unknown): Promise<unknown> {
    return this.assigned(partition).then(
      () => error,
      () =>
        new Fenced(
          `partition ${partition} of signals must be taken again: ${error instanceof Error ? error.message : String(error)}`,
          {},
          { cause: error },
        ),
    )
  }

  /**
   * One that is too large must stop neither the others nor the partition: its namespace is marked until all are out, so it would come
   * again with every claim.
   */
  async #publish(contexts: readonly Context[]): Promise<void> {
    try {
      await this.#send(contexts)
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error
      for (const context of contexts) await this.#sendAlone(context)
    }
  }

  async #sendAlone(context: Context): Promise<void> {
    try {
      await this.#send([context])
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error
      this.#options.facts.contextSetAside()
      this.#options.setAside(context.key, error.message)
    }
  }

  #send(contexts: readonly Context[]): Promise<void> {
    return this.#options.producer.publish(incidentContexts, contexts, {
      traceparent: (context) => context.traceparent,
      timeOf: (context) => context.lastSeenAt,
    })
  }
}
