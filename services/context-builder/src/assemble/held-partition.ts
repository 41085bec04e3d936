import type { Claim, NamespaceWrite, StateStore, Timer } from '@kubesift/adapter-redis'
import type { ReadChunk, SignalsRecord } from '@kubesift/adapter-signals'
import { namespaceKey, type Context, type SignalChunk } from '@kubesift/contracts'
import {
  advance,
  gapsOf,
  homeOf,
  watermarkOf,
  type Classifier,
  type Clock,
  type Settled,
} from '@kubesift/core-context'
import { blindOf, unseenAnew } from './blind-of.ts'
import { CountedOnly } from './counted-only.ts'
import { NamespaceCache } from './namespace-cache.ts'
import { RefreshRounds } from './refresh-rounds.ts'
import { ToldSources } from './told-sources.ts'

export interface Applied {
  readonly offset: number
  readonly value: SignalsRecord
  readonly traceparent: string | undefined
}

interface Touched {
  readonly chunks: Buffer[]
  readonly fields: Map<string, string>
  readonly contexts: Map<string, Settled['contexts'][number]>
  traceparent: string | undefined
  /** What is left of it, if it was found to be cold. */
  cold: Settled['cold']
}

export interface HeldOptions {
  readonly store: Pick<StateStore, 'load' | 'write' | 'published'>
  readonly classifier: Classifier
  readonly cachedNamespaces: number
  /** How long after its end the facts of an owner are kept. */
  readonly retireAfterMs: number
  readonly latenessMs: number
  /** How long a cluster may be silent before it counts as not seen. */
  readonly blindMs: number
  /** How long counts of what is open already may wait to be published, by the time of progress records. */
  readonly refreshMs: number
}

/** Bumped when contexts must outrank everything published before (a rebuild from nothing, issue of its own). */
const EPOCH = 1

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
  readonly sources = new ToldSources()
  #clock: Clock
  #clockWritten: Clock
  #next: number | null
  #pending: readonly string[]
  /** What is told to nobody but counted. */
  readonly counted = new CountedOnly()

  constructor(options: HeldOptions, claim: Claim) {
    this.#options = options
    this.#claim = claim
    this.#cache = new NamespaceCache(options.store, claim.partition, options.classifier, options)
    this.#rounds = new RefreshRounds(options.refreshMs, options.cachedNamespaces)
    this.#timers = new Map(claim.timers)
    this.#clock = claim.clock
    this.#clockWritten = claim.clock
    this.#next = claim.next
    this.#pending = claim.pending
  }

  /** The next offset to apply; null where there is no state. */
  get next(): number | null {
    return this.#next
  }

  get claim(): Claim {
    return this.#claim
  }

  /** Contexts that a former holder wrote but may not have published. */
  async unpublished(): Promise<Context[]> {
    if (this.#pending.length === 0 || this.#next === null) return []
    await this.#cache.warm(this.#pending)
    const offset = this.#next - 1
    return this.#pending.flatMap((id) => {
      const { machine } = this.#cache.get(id)
      const { watermark, gaps } = this.#time(machine.cluster)
      const blind = machine.namespace === '' ? this.#blind(machine.cluster, offset) : []
      return [...machine.republish(watermark, gaps), ...blind].map((derived) =>
        this.#finish(derived, offset, undefined),
      )
    })
  }

  /** The mark has been taken away. */
  async markPublished(): Promise<void> {
    if (this.#next === null) return
    await this.#options.store.published(this.#claim, this.#next)
    this.#pending = []
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
    const touched = new Map<string, Touched>()
    const open = new Set<string>()
    for (const { value, traceparent, offset } of fresh) {
      if (value.kind === 'chunks') {
        for (const read of value.chunks) open.add(this.#join(read, traceparent, touched))
        continue
      }
      const [{ progress }, before] = [value, this.#clock]
      const { latenessMs, blindMs } = this.#options
      this.#clock = advance(this.#clock, progress, latenessMs, blindMs)
      this.#clock = this.sources.after(this.#clock, progress, this.#claim.partition)
      await this.#tellBlind(before, offset, touched)
      const moved = Object.keys(this.#clock.reached).filter(
        (c) => this.#clock.reached[c] !== before.reached[c],
      )
      await this.#decide({ moved: new Set(moved), at: progress.writtenAt }, open, touched)
    }
    // What has come since the last progress: presence is decided at once, absence waits for the next, and so do mere repeats.
    for (const id of open) this.#settle(id, { byTime: false, most: 0 }, touched)
    const contexts = await this.#write(touched, last.offset)
    this.#cache.trim()
    return contexts
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
    touched: Map<string, Touched>,
  ): string {
    const id = idOf(chunk)
    const { machine } = this.#cache.get(id)
    for (const signal of chunk.signals) machine.apply(signal, chunk.source)
    const entry = this.#touch(touched, id)
    entry.chunks.push(raw)
    const trace = traceparent ?? ofRecord
    if (trace !== undefined) entry.traceparent = trace
    return id
  }

  #touch(touched: Map<string, Touched>, id: string): Touched {
    let entry = touched.get(id)
    if (entry === undefined) {
      const contexts: Touched['contexts'] = new Map()
      entry = { chunks: [], fields: new Map(), contexts, traceparent: undefined, cold: undefined }
      touched.set(id, entry)
    }
    return entry
  }

  #blind(cluster: string, offset: number): Settled['contexts'][number][] {
    const { partition } = this.#claim
    return blindOf(cluster, this.#clock, this.#options.classifier, { partition, offset })
  }

  /** Says where a cluster has gone out of sight, or come back, if this partition decides for it. */
  async #tellBlind(before: Clock, offset: number, touched: Map<string, Touched>): Promise<void> {
    for (const cluster of unseenAnew(before, this.#clock)) {
      if (homeOf(this.#clock, cluster) !== this.#claim.partition) continue
      const id = namespaceKey(cluster, '')
      await this.#cache.warm([id])
      for (const context of this.#blind(cluster, offset))
        this.#touch(touched, id).contexts.set(context.key, context)
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
    touched: Map<string, Touched>,
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
    touched: Map<string, Touched>,
  ): void {
    const { machine } = this.#cache.get(id)
    const { watermark, gaps } = this.#time(machine.cluster)
    const settled = machine.settle(how.byTime ? watermark : null, gaps, how.most)
    const entry = this.#touch(touched, id)
    this.counted.add(machine, settled)
    entry.cold = settled.cold
    for (const [name, value] of settled.fields) entry.fields.set(name, value)
    for (const context of settled.contexts) entry.contexts.set(context.key, context)
    const timer: Timer = { at: settled.nextDecisionAt, stale: settled.stale }
    if (timer.at === null && !timer.stale) this.#timers.delete(id)
    else this.#timers.set(id, timer)
  }

  async #write(touched: ReadonlyMap<string, Touched>, offset: number): Promise<Context[]> {
    const namespaces = [...touched].map(
      ([id, { chunks, fields, contexts, cold }]): NamespaceWrite => {
        const cached = this.#cache.get(id)
        const kept = cold === undefined ? cached.save(chunks) : cached.fold(cold, fields)
        return {
          id,
          chunks: kept.chunks,
          saved: kept.saved,
          fields: cold === undefined ? new Map([...kept.fields, ...fields]) : kept.fields,
          timer: this.#timers.get(id) ?? { at: null, stale: false },
          publish: contexts.size > 0,
        }
      },
    )
    await this.#options.store.write(this.#claim, {
      expected: this.#next,
      next: offset + 1,
      ...(this.#clock === this.#clockWritten ? {} : { clock: this.#clock }),
      namespaces,
    })
    this.#clockWritten = this.#clock
    this.#next = offset + 1
    for (const [id, { cold }] of touched) if (cold !== undefined) this.#cache.drop(id)
    return [...touched.values()].flatMap(({ contexts, traceparent }) =>
      [...contexts.values()].map((derived) => this.#finish(derived, offset, traceparent)),
    )
  }

  #finish(
    derived: Settled['contexts'][number],
    offset: number,
    traceparent: string | undefined,
  ): Context {
    return {
      ...derived,
      version: { epoch: EPOCH, offset },
      rulesHash: this.#options.classifier.hash,
      watermark: watermarkOf(this.#clock, derived.cluster),
      ...(traceparent === undefined ? {} : { traceparent }),
    }
  }
}
