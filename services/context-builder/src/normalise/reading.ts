import type { Batch, Parked } from '@kubesift/adapter-kafka'
import {
  OtlpUnreadable,
  readLogs,
  type Claim,
  type LogBatch,
  type Repeats,
} from '@kubesift/adapter-otlp'
import { ceHeaders, type EventHead, type Signal } from '@kubesift/contracts'
import {
  ChunkBuilder,
  claimsLiveness,
  clusterOf,
  countOf,
  firstSeenAt,
  fromLogRecord,
  lastSeenAt,
  repeatableOf,
  sourceOf,
  type At,
  type ReadOne,
} from '@kubesift/core-signal'
import type { Memory } from './memory.ts'
import { BatchTimes } from './observed.ts'

type Raw = Batch<Buffer>['records'][number]

/** What becomes of one batch of raw records, before anything is published. */
export class Reading {
  readonly builder = new ChunkBuilder()
  readonly times = new BatchTimes()
  readonly parked: Parked[] = []
  readonly types: Record<Signal['t'], number> = {
    event: 0,
    again: 0,
    object: 0,
    alert: 0,
    release: 0,
    pattern: 0,
    unclassified: 0,
  }
  /** Slots whose Event was read in full in this batch, with its head: it is told whole by its signal. */
  readonly readWhole = new Map<number, EventHead>()
  readonly #slots = new Map<EventHead, number>()
  /** Entries that say nothing by design. */
  skipped = 0
  /** Kafka's time of the newest record. */
  kafkaAt = 0
  readonly #memory: Memory
  readonly #defaultCluster: string
  /** The trace that a namespace's chunk continues: that of the first record in it. */
  readonly #traces = new Map<number, string>()
  #at: At = { offset: 0 }
  #traceparent: string | undefined
  readonly #repeats: Repeats

  constructor(memory: Memory, defaultCluster: string) {
    this.#memory = memory
    this.#defaultCluster = defaultCluster
    memory.retellings.clear()
    this.#repeats = memory.memo.with(
      (slot, timeMs, count) => this.#again(slot, timeMs, count),
      (slot) => memory.retellings.isTold(slot),
    )
  }

  /** The trace that what goes there continues. */
  traceOf(place: number): string | undefined {
    return this.#traces.get(place)
  }

  /** One raw record: every entry becomes a signal, is skipped with a reason, or is parked; good entries go on beside bad ones. */
  read(record: Raw): void {
    this.#at = { offset: record.offset, kafkaAt: record.timestamp }
    this.kafkaAt = Math.max(this.kafkaAt, record.timestamp)
    this.#traceparent = record.traceparent
    const batch = this.#request(record)
    if (batch === undefined) return this.#memory.retellings.drop()
    this.#memory.retellings.keep(this.#kept)
    for (const entry of batch.records) this.#entry(entry, batch)
    if (batch.bad.length === 0) return
    const why = batch.bad.slice(0, 3).map((b) => b.why)
    this.parked.push({
      record,
      why: why.join('; '),
      code: 'OTLP_UNREADABLE',
      entries: batch.bad.map((b) => b.index),
    })
  }

  #request(record: Raw): LogBatch | undefined {
    try {
      return readLogs(record.value, record.headers[ceHeaders.contentType], {
        repeats: this.#repeats,
      })
    } catch (error) {
      if (!(error instanceof OtlpUnreadable)) throw error
      this.parked.push({ record, why: error.message, code: error.code })
      return undefined
    }
  }

  #entry(entry: LogBatch['records'][number], batch: LogBatch): void {
    const read = fromLogRecord(entry, this.#at)
    if (!read.ok || !('each' in read)) return this.#one(read, entry, batch)
    for (const one of read.each) this.#one(one, entry, batch)
  }

  #one(read: ReadOne, entry: LogBatch['records'][number], batch: LogBatch): void {
    const at = this.#at
    if (read.ok && 'skipped' in read) {
      this.skipped++
      const of = clusterOf(entry) ?? this.#defaultCluster
      this.times.source(of, sourceOf(entry, read), at.kafkaAt ?? 0)
      return
    }
    const named = read.ok ? read.cluster : undefined
    const cluster = named ?? clusterOf(entry) ?? this.#defaultCluster
    const namespace = read.ok ? read.namespace : ''
    const signal: Signal = read.ok
      ? read.signal
      : { t: 'unclassified', offsets: [at.offset], repeats: 1, why: read.why }
    const place = this.#goes(this.#memory.places.numberOf(cluster, namespace))
    this.builder.add(cluster, namespace, signal)
    this.times.signal(cluster, signal)
    if (signal.t === 'object' && claimsLiveness(entry)) this.times.arrived(cluster, at.kafkaAt ?? 0)
    this.types[signal.t]++
    this.times.source(cluster, sourceOf(entry, read), at.kafkaAt ?? 0)
    const claim = batch.claims?.get(entry)
    const again = claim && signal.t === 'event' ? repeatableOf(entry, signal) : undefined
    if (claim !== undefined && again !== undefined) this.#remember(claim, { ...again, place })
  }

  /**
   * Counts what was told again for its clusters, once for the batch: nearly always all of it is of one. Of several each has a share by the
   * namespaces that it told of, so that no telling costs anything here.
   */
  countRepeats(): void {
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
    this.#slots.set(known.event, claim.slot)
  }

  /** The slot in which this head is written already; undefined where none is, or others have it by now. */
  slotOf(head: EventHead): number | undefined {
    const slot = this.#slots.get(head)
    return slot !== undefined && this.readWhole.get(slot) === head ? slot : undefined
  }

  /** An Event that was read before: true where nothing but its count and its last time is new. */
  #again(slot: number, timeMs: number, count: number): boolean {
    const { known, retellings } = this.#memory
    const firstAt = known.firstAt(slot)
    const lastAt = lastSeenAt(firstAt, Number.isNaN(timeMs) ? undefined : timeMs, this.#at)
    if (lastAt === undefined) return false
    if (firstSeenAt(firstAt, lastAt, this.#at) !== known.beganAt(slot)) return false
    retellings.add(slot, countOf(count), lastAt, this.#at.offset)
    return true
  }

  readonly #kept = (slot: number, at: number): number => {
    const { known, places } = this.#memory
    const place = known.placeOf(slot)
    this.times.event(places.of(place).cluster, at)
    return this.#goes(place)
  }

  #goes(place: number): number {
    const trace = this.#traceparent
    if (trace !== undefined && !this.#traces.has(place)) this.#traces.set(place, trace)
    return place
  }
}
