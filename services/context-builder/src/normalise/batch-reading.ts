import type { Batch, Parked } from '@kubesift/adapter-kafka'
import { OtlpUnreadable } from '@kubesift/adapter-otlp'
import type { EventHead, Signal } from '@kubesift/contracts'
import { ChunkBuilder, type At } from '@kubesift/core-signal'
import type { Places } from './places.ts'
import { BatchTimes } from './observed.ts'

export type Raw = Batch<Buffer>['records'][number]

/** What could not be read of a request. */
type Bad = readonly { readonly index: number; readonly why: string }[]

/** What becomes of one batch of raw records, before anything is published; what reads them is said by those that extend it. */
export class BatchReading {
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
    metric: 0,
    cost: 0,
    unclassified: 0,
  }
  /** Slots whose Event was read in full in this batch, with its head: it is told whole by its signal. */
  readonly readWhole = new Map<number, EventHead>()
  /** The slot of each head that was read in full. */
  protected readonly slots = new Map<EventHead, number>()
  /** Entries that say nothing by design. */
  skipped = 0
  /** Kafka's time of the newest record. */
  kafkaAt = 0
  protected at: At = { offset: 0 }
  readonly #places: Places
  /** The trace that a namespace's chunk continues: that of the first record in it. */
  readonly #traces = new Map<number, string>()
  #traceparent: string | undefined

  constructor(places: Places) {
    this.#places = places
  }

  /** The trace that what goes there continues. */
  traceOf(place: number): string | undefined {
    return this.#traces.get(place)
  }

  /** The slot in which this head is written already; undefined where none is, or others have it by now. */
  slotOf(head: EventHead): number | undefined {
    const slot = this.slots.get(head)
    return slot !== undefined && this.readWhole.get(slot) === head ? slot : undefined
  }

  /** What follows is of this record. */
  protected begin(record: Raw): void {
    this.at = { offset: record.offset, kafkaAt: record.timestamp }
    this.kafkaAt = Math.max(this.kafkaAt, record.timestamp)
    this.#traceparent = record.traceparent
  }

  /** What the reader makes of the record; undefined where its bytes are no request, and the record is parked. */
  protected request<T>(record: Raw, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof OtlpUnreadable)) throw error
      this.parked.push({ record, why: error.message, code: error.code })
      return undefined
    }
  }

  /** Parks the record for its bad entries; the good ones have gone on. */
  protected park(record: Raw, bad: Bad): void {
    if (bad.length === 0) return
    const why = bad.slice(0, 3).map((b) => b.why)
    this.parked.push({
      record,
      why: why.join('; '),
      code: 'OTLP_UNREADABLE',
      entries: bad.map((b) => b.index),
    })
  }

  /** A signal goes out; answers the number of its namespace. */
  protected add(cluster: string, namespace: string, signal: Signal): number {
    const place = this.goes(this.#places.numberOf(cluster, namespace))
    this.builder.add(cluster, namespace, signal)
    this.types[signal.t]++
    return place
  }

  protected goes(place: number): number {
    const trace = this.#traceparent
    if (trace !== undefined && !this.#traces.has(place)) this.#traces.set(place, trace)
    return place
  }

  /** A record that no reader knew. */
  protected unclassified(why: string): Signal {
    return { t: 'unclassified', offsets: [this.at.offset], repeats: 1, why }
  }
}
