import type { Claim, Timer } from '@kubesift/adapter-redis'
import type { ReadChunk } from '@kubesift/adapter-signals'
import { namespaceKey, type Context, type SignalChunk } from '@kubesift/contracts'
import {
  advance,
  gapsOf,
  homeOf,
  TOO_LATE_FIELD,
  watermarkOf,
  type Clock,
} from '@kubesift/core-context'
import { blindOf, unseenAnew } from './blind-of.ts'
import { CountedOnly } from './counted-only.ts'
import type { Applied, HeldOptions } from './held-options.ts'
import { NamespaceCache } from './namespace-cache.ts'
import type { RebuildPart } from './rebuild-progress.ts'
import { Rebuilding, withoutMeasured } from './rebuilding.ts'
import { RefreshRounds } from './refresh-rounds.ts'
import { ToldSources } from './told-sources.ts'
import { Touches, type Derived } from './touches.ts'

/** Namespaces whose contexts are published in one go, when all of them must be. */
const PUBLISHED_AT_ONCE = 100

const idOf = ({ cluster, namespace }: SignalChunk): string => namespaceKey(cluster, namespace)

const clusterOf = (id: string): string => decodeURIComponent(id.slice(0, id.indexOf('/')))

/**
 * One partition of `signals` while this process holds it. Order of a batch: join and derive in memory → write the state with the mark
 * that something must be published → publish → take the mark away → commit. A crash between any two of them loses nothing: what is
 * marked is published again by the next holder.
 */
export class HeldPartition {
  readonly #options: HeldOptions
  readonly #claim: Claim
  readonly #cache: NamespaceCache
  readonly #timers: Map<string, Timer>
  readonly #rounds: RefreshRounds
  /** What is to be told of the sources of clusters. */
  #sources = new ToldSources()
  #clock: Clock
  #clockWritten: Clock
  #next: number | null
  /** The last record that was applied. */
  #at = -1
  #pending: readonly string[]
  /** Of those pending how many have gone out, as far as all of them must. */
  #out = 0
  #rebuilding: Rebuilding | undefined
  /** What is told to nobody but counted. */
  #counted = new CountedOnly()

  constructor(options: HeldOptions, claim: Claim) {
    this.#options = options
    this.#claim = withoutMeasured(claim)
    this.#cache = new NamespaceCache(options.store, claim.partition, options.classifier, options)
    this.#rounds = new RefreshRounds(options.refreshMs, options.cachedNamespaces)
    this.#timers = new Map(claim.timers)
    this.#clock = claim.clock
    this.#clockWritten = claim.clock
    this.#next = claim.next
    this.#pending = claim.pending
    if (claim.rebuild !== undefined && claim.next !== null && claim.next < claim.rebuild.until)
      this.#rebuilding = new Rebuilding(claim.rebuild, claim.next)
  }

  /** What is to be told of the sources of clusters. */
  get sources(): ToldSources {
    return this.#sources
  }

  /** What is told to nobody but counted. */
  get counted(): CountedOnly {
    return this.#counted
  }

  /** A lost state is being made again: nothing is published until it is whole. */
  get isRebuilding(): boolean {
    return this.#rebuilding !== undefined
  }

  /** How far a lost state is made again. */
  get rebuilt(): RebuildPart {
    const { partition, epoch, rebuild: { since } = {} } = this.#claim
    const part = { partition, epoch, ...(since === undefined ? {} : { since }) }
    if (this.#rebuilding !== undefined)
      return { ...part, step: 'records', ...this.#rebuilding.left(this.#next ?? 0) }
    const of = this.#pending.length
    return { ...part, step: 'publishing', left: of - this.#out, of }
  }

  /** Contexts have been written that are not published, and may be. */
  get owes(): boolean {
    return !this.isRebuilding && this.#pending.length > 0 && this.#next !== null
  }

  /** The next offset to apply; null where there is no state. */
  get next(): number | null {
    return this.#next
  }

  get claim(): Claim {
    return this.#claim
  }

  /** What this or a former holder wrote but may not have published, some at a time. */
  async *unpublished(): AsyncGenerator<Context[]> {
    if (!this.owes || this.#next === null) return
    const offset = this.#next - 1
    for (let i = 0; i < this.#pending.length; i += PUBLISHED_AT_ONCE) {
      const some = this.#pending.slice(i, i + PUBLISHED_AT_ONCE)
      await this.#cache.warm(some)
      yield some.flatMap((id) => this.#republished(id, offset))
      this.#out = i + some.length
      this.#cache.trim()
    }
  }

  #republished(id: string, offset: number): Context[] {
    const { machine } = this.#cache.get(id)
    const { watermark, gaps } = this.#time(machine.cluster)
    const blind = machine.namespace === '' ? this.#blind(machine.cluster, offset) : []
    return [...machine.republish(watermark, gaps), ...blind].map((derived) =>
      this.#finish(derived, offset, undefined),
    )
  }

  /** The mark has been taken away. */
  async markPublished(): Promise<void> {
    if (this.#next === null) return
    await this.#options.store.published(this.#claim, this.#next)
    this.#pending = []
    this.#out = 0
  }

  /**
   * Applies a batch, in order, and writes the state; answers the contexts to publish. Records below the position have been applied
   * before (a redelivery after a crash): they are joined again, which changes nothing.
   */
  async apply(records: readonly Applied[]): Promise<Context[]> {
    const fresh = records.filter((r) => this.#next === null || r.offset >= this.#next)
    const last = fresh.at(-1)
    if (last === undefined) return []
    await this.#cache.warm(this.#idsOf(fresh))
    const touched = new Touches()
    const open = new Set<string>()
    for (const { value, traceparent, offset } of fresh) {
      // asked here, or each record would wait for a promise
      if (this.isRebuilding) await this.#adopt(offset, touched)
      this.#at = offset
      if (value.kind === 'chunks') {
        for (const read of value.chunks) open.add(this.#join(read, traceparent, touched))
        continue
      }
      const [{ progress }, before] = [value, this.#clock]
      const { latenessMs, blindMs } = this.#options
      this.#clock = advance(this.#clock, progress, latenessMs, blindMs)
      this.#clock = this.#sources.after(this.#clock, progress, this.#claim.partition)
      await this.#tellBlind(before, offset, touched)
      const moved = Object.keys(this.#clock.reached).filter(
        (c) => this.#clock.reached[c] !== before.reached[c],
      )
      await this.#decide({ moved: new Set(moved), at: progress.writtenAt }, open, touched)
    }
    // What has come since the last progress: presence is decided at once, absence waits for the next, and so do mere repeats.
    for (const id of open) this.#settle(id, { byTime: false, most: 0 }, touched)
    if (this.isRebuilding) await this.#adopt(last.offset + 1, touched)
    const contexts = await this.#write(touched, last.offset)
    this.#cache.trim()
    return contexts
  }

  /** After a loss: what contexts of before hold beyond the records that are left, told where they had been told. */
  async #adopt(below: number, touched: Touches): Promise<void> {
    if (this.#rebuilding === undefined) return
    for (const context of this.#rebuilding.due(below)) {
      const id = namespaceKey(context.cluster, context.namespace)
      await this.#cache.warm([id])
      this.#settle(id, { byTime: false, most: Infinity }, touched)
      const { machine } = this.#cache.get(id)
      touched.stored(id, machine.adopt(context, this.#time(context.cluster)))
      const { stale = false } = this.#timers.get(id) ?? {}
      this.#timers.set(id, { at: machine.nextDecisionAt(), stale })
    }
  }

  /** All that was there before the loss is applied: from now on it is published again, all of it once. */
  #whole(): void {
    this.#rebuilding = undefined
    this.#sources = new ToldSources()
    this.#counted = new CountedOnly()
    this.#cache.clear()
  }

  #idsOf(records: readonly Applied[]): string[] {
    return records.flatMap(({ value }) =>
      value.kind === 'chunks' ? value.chunks.map(({ chunk }) => idOf(chunk)) : [],
    )
  }

  /** Answers the namespace that the chunk is of. */
  #join(
    { chunk, raw, traceparent }: ReadChunk,
    ofRecord: string | undefined,
    touched: Touches,
  ): string {
    const id = idOf(chunk)
    const { machine } = this.#cache.get(id)
    for (const signal of chunk.signals) machine.apply(signal, chunk.source)
    touched.joined(id, raw, traceparent ?? ofRecord)
    return id
  }

  #blind(cluster: string, offset: number): Derived[] {
    const { partition } = this.#claim
    return blindOf(cluster, this.#clock, this.#options.classifier, { partition, offset })
  }

  /** Says where a cluster has gone out of sight, or come back, if this partition decides for it. */
  async #tellBlind(before: Clock, offset: number, touched: Touches): Promise<void> {
    for (const cluster of unseenAnew(before, this.#clock)) {
      if (homeOf(this.#clock, cluster) !== this.#claim.partition) continue
      const id = namespaceKey(cluster, '')
      await this.#cache.warm([id])
      for (const context of this.#blind(cluster, offset)) touched.told(id, context, offset)
    }
  }

  #time(cluster: string): { watermark: number | null; gaps: [number, number][] } {
    return { watermark: watermarkOf(this.#clock, cluster), gaps: gapsOf(this.#clock, cluster) }
  }

  /**
   * A reader has told its progress: decide what was waiting for it, by time where the watermark of the cluster has moved, and publish
   * counts that have waited long enough.
   */
  async #decide(
    { moved, at }: { readonly moved: ReadonlySet<string>; readonly at: number },
    open: Set<string>,
    touched: Touches,
  ): Promise<void> {
    const due = [...this.#timers].flatMap(([id, timer]) => {
      const cluster = clusterOf(id)
      const watermark = watermarkOf(this.#clock, cluster)
      const byTime =
        moved.has(cluster) && watermark !== null && timer.at !== null && timer.at <= watermark
      return byTime || (timer.stale && this.#rounds.isDue(id, at)) ? [id] : []
    })
    await this.#cache.warm(due)
    for (const id of new Set([...due, ...open])) {
      const most = this.#rounds.take(id, this.#cache.get(id).machine.waiting, at)
      this.#settle(id, { byTime: moved.has(clusterOf(id)), most }, touched)
    }
    open.clear()
  }

  #settle(
    id: string,
    how: { readonly byTime: boolean; readonly most: number },
    touched: Touches,
  ): void {
    const { machine } = this.#cache.get(id)
    const { watermark, gaps } = this.#time(machine.cluster)
    const settled = machine.settle(how.byTime ? watermark : null, gaps, how.most)
    this.#counted.add(machine, settled)
    const { fields } = settled
    // What came too late was entered before the loss.
    if (this.isRebuilding) fields.delete(TOO_LATE_FIELD)
    touched.stored(id, fields)
    touched.settled(id, this.isRebuilding ? undefined : settled.cold)
    for (const context of settled.contexts) touched.told(id, context, this.#at)
    const timer: Timer = { at: settled.nextDecisionAt, stale: settled.stale }
    if (timer.at === null && !timer.stale) this.#timers.delete(id)
    else this.#timers.set(id, timer)
  }

  async #write(touched: Touches, offset: number): Promise<Context[]> {
    const namespaces = touched.writes(this.#cache, this.#timers)
    await this.#options.store.write(this.#claim, {
      expected: this.#next,
      next: offset + 1,
      ...(this.#clock === this.#clockWritten ? {} : { clock: this.#clock }),
      namespaces,
    })
    this.#clockWritten = this.#clock
    this.#next = offset + 1
    if (this.#rebuilding !== undefined) {
      const written = namespaces.filter(({ publish }) => publish).map(({ id }) => id)
      this.#pending = [...new Set([...this.#pending, ...written])]
      if (this.#next >= this.#rebuilding.until) this.#whole()
      return []
    }
    for (const id of touched.cold()) this.#cache.drop(id)
    return touched
      .contexts()
      .map(({ derived, offset: at, traceparent }) => this.#finish(derived, at, traceparent))
  }

  #finish(derived: Derived, offset: number, traceparent: string | undefined): Context {
    return {
      ...derived,
      version: { epoch: this.#claim.epoch, offset },
      rulesHash: this.#options.classifier.hash,
      watermark: watermarkOf(this.#clock, derived.cluster),
      ...(traceparent === undefined ? {} : { traceparent }),
    }
  }
}
