import { readLogs, type Claim, type LogBatch, type Repeats } from '@kubesift/adapter-otlp'
import { ceHeaders, type Signal } from '@kubesift/contracts'
import {
  claimsLiveness,
  clusterOf,
  countOf,
  firstSeenAt,
  fromLogRecord,
  lastSeenAt,
  repeatableOf,
  sourceOf,
  type ReadOne,
} from '@kubesift/core-signal'
import { BatchReading, type Raw } from './batch-reading.ts'
import type { Memory } from './memory.ts'

/** What becomes of one batch of `otel-logs`. */
export class Reading extends BatchReading {
  readonly #memory: Memory
  readonly #defaultCluster: string
  readonly #repeats: Repeats

  constructor(memory: Memory, defaultCluster: string) {
    super(memory.places)
    this.#memory = memory
    this.#defaultCluster = defaultCluster
    memory.retellings.clear()
    this.#repeats = memory.memo.with(
      (slot, timeMs, count) => this.#again(slot, timeMs, count),
      (slot) => memory.retellings.isTold(slot),
    )
  }

  /** One raw record: every entry becomes a signal, is skipped with a reason, or is parked; good entries go on beside bad ones. */
  read(record: Raw): void {
    this.begin(record)
    const { value, headers } = record
    const repeats = this.#repeats
    const batch = this.request(record, () =>
      readLogs(value, headers[ceHeaders.contentType], { repeats }),
    )
    if (batch === undefined) return this.#memory.retellings.drop()
    this.#memory.retellings.keep(this.#kept)
    for (const entry of batch.records) this.#entry(entry, batch)
    this.park(record, batch.bad)
  }

  #entry(entry: LogBatch['records'][number], batch: LogBatch): void {
    const read = fromLogRecord(entry, this.at)
    if (!read.ok || !('each' in read)) return this.#one(read, entry, batch)
    for (const one of read.each) this.#one(one, entry, batch)
  }

  #one(read: ReadOne, entry: LogBatch['records'][number], batch: LogBatch): void {
    const at = this.at
    if (read.ok && 'skipped' in read) {
      this.skipped++
      const of = clusterOf(entry) ?? this.#defaultCluster
      this.times.source(of, sourceOf(entry, read), at.kafkaAt ?? 0)
      return
    }
    const named = read.ok ? read.cluster : undefined
    const cluster = named ?? clusterOf(entry) ?? this.#defaultCluster
    const namespace = read.ok ? read.namespace : ''
    const signal: Signal = read.ok ? read.signal : this.unclassified(read.why)
    const place = this.add(cluster, namespace, signal)
    this.times.signal(cluster, signal)
    if (signal.t === 'object' && claimsLiveness(entry)) this.times.arrived(cluster, at.kafkaAt ?? 0)
    this.times.source(cluster, sourceOf(entry, read), at.kafkaAt ?? 0)
    const claim = batch.claims?.get(entry)
    const again = claim && signal.t === 'event' ? repeatableOf(entry, signal) : undefined
    if (claim !== undefined && again !== undefined) this.#remember(claim, { ...again, place })
  }

  /**
   * Counts what was told again for its clusters, once for the batch: nearly always all of it is of one. Of several each has a share by the
   * namespaces that it told of, so that no telling costs anything here.
   */
  finish(): void {
    const { retellings, places } = this.#memory
    const namespaces = new Map<string, number>()
    let all = 0
    for (const place of retellings.places) {
      const { cluster } = places.of(place)
      namespaces.set(cluster, (namespaces.get(cluster) ?? 0) + 1)
      all += 1
    }
    for (const [cluster, n] of namespaces) {
      const share = Math.round((retellings.count * n) / all)
      this.times.source(cluster, 'k8s_events', this.kafkaAt, share)
    }
  }

  #remember(claim: Claim, known: Parameters<Memory['known']['put']>[1]): void {
    const { memo, known: events } = this.#memory
    // Whoever had the slot before has it no more, whether this one is kept in the end or not.
    this.readWhole.delete(claim.slot)
    if (!events.put(claim.slot, known, memo.twinOf(claim.slot)) || !memo.settle(claim)) return
    this.readWhole.set(claim.slot, known.event)
    this.slots.set(known.event, claim.slot)
  }

  /** An Event that was read before: true where nothing but its count and its last time is new. */
  #again(slot: number, timeMs: number, count: number): boolean {
    const { known, retellings } = this.#memory
    const firstAt = known.firstAt(slot)
    const lastAt = lastSeenAt(firstAt, Number.isNaN(timeMs) ? undefined : timeMs, this.at)
    if (lastAt === undefined) return false
    if (firstSeenAt(firstAt, lastAt, this.at) !== known.beganAt(slot)) return false
    retellings.add(slot, countOf(count), lastAt, this.at.offset)
    return true
  }

  readonly #kept = (slot: number, at: number): number => {
    const { known, places } = this.#memory
    const place = known.placeOf(slot)
    this.times.event(places.of(place).cluster, at)
    return this.goes(place)
  }
}
