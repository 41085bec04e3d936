import type { MetricRule, Signal, SignalChunk } from '@kubesift/contracts'
import {
  ChunkBuilder,
  fromKube,
  fromLogRecord,
  type Read,
  type ReadOne,
} from '@kubesift/core-signal'
import { decodeLogsJson, OtlpUnreadable, type LogBatch } from '@kubesift/adapter-otlp'
import { isOther } from '@kubesift/core-context'
import { Telemetry, type FromTelemetry } from './telemetry.ts'
import type { Item } from './input/items-of.ts'
import type { Place } from './input/place.ts'

/** What was read, by kind. `records` is the sum of the others. */
export interface IntakeStats {
  readonly records: number
  /** States of Events, each counted once. */
  readonly events: number
  readonly objects: number
  /** Alerts, and what else is neither an Event nor an object; absent where none came. */
  readonly others?: number
  /** States of Events that had been seen before: same UID, same count, same time. */
  readonly duplicates: number
  readonly skipped: number
  readonly rejected: number
}

export interface Rejection {
  readonly place: Place
  readonly why: string
}

export interface IntakeOptions {
  /** For what names no cluster itself. */
  readonly cluster: string
  /** What metrics speak of. */
  readonly metricRules: readonly MetricRule[]
  readonly onRejected: (rejection: Rejection) => void
}

/** Chunks are bounded for Kafka's sake only; here nothing travels. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER
const MAX_WAITING = 1000
/** Objects that name no time of their own wait for the end of the input; a dump of more such is none. */
const MAX_TIMELESS = 10_000

type Kube = Extract<Item, { readonly t: 'kube' }>

interface Otlp {
  readonly t: 'metrics' | 'spans'
  readonly request: unknown
  readonly place: Place
}

interface Timeless {
  readonly source: string
  readonly offset: number
  readonly item: Kube
}

/** Turns the items of one or more inputs into signals, exactly as the pipeline's first stage does, and counts them. */
export class Intake {
  readonly #options: IntakeOptions
  readonly #chunks: SignalChunk[] = []
  readonly #states = new Set<string>()
  readonly #stats = {
    records: 0,
    events: 0,
    objects: 0,
    others: 0,
    duplicates: 0,
    skipped: 0,
    rejected: 0,
  }
  #recognised = false
  /** Held back until an input is recognised: where none is, the first of these is the whole story. */
  #waiting: Rejection[] = []
  readonly #timeless: Timeless[] = []
  readonly #telemetry: Telemetry
  #newest: number | undefined

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#telemetry = new Telemetry(options.metricRules, options.cluster)
  }

  /** Reads one input to its end. The position of its records is (name, 0, number in the input). */
  async read(source: string, items: AsyncIterable<Item>): Promise<void> {
    const builder = new ChunkBuilder()
    let offset = 0
    for await (const item of items) {
      if (item.t !== 'rejected' || item.alien !== true) this.#recognise()
      offset = this.#take(item, builder, { source, offset })
    }
    this.#chunks.push(...builder.build({ topic: source, partition: 0 }, UNBOUNDED))
  }

  /** After the last input: what names no time of its own is taken to be of now (by default of the newest time that was read). */
  finish({ now, clock }: { readonly now: number | undefined; readonly clock: () => number }): void {
    const observedAt = now ?? this.#newest ?? clock()
    for (const { source, offset, item } of this.#timeless.splice(0)) {
      const builder = new ChunkBuilder()
      this.#add(fromKube(item.object, { ...atOf(item, offset), observedAt }), builder, item.place)
      this.#chunks.push(...builder.build({ topic: source, partition: 0 }, UNBOUNDED))
    }
  }

  get chunks(): readonly SignalChunk[] {
    return this.#chunks
  }

  get stats(): IntakeStats {
    const { others, ...stats } = this.#stats
    return others === 0 ? stats : { ...stats, others }
  }

  /** Why there is nothing to work on: set when no input was of a form that we know. */
  get nothing(): Rejection | undefined {
    return this.#recognised ? undefined : this.#waiting[0]
  }

  #recognise(): void {
    if (this.#recognised) return
    this.#recognised = true
    this.#waiting.forEach(this.#options.onRejected)
    this.#waiting = []
  }

  #take(
    item: Item,
    builder: ChunkBuilder,
    { source, offset }: { readonly source: string; readonly offset: number },
  ): number {
    switch (item.t) {
      case 'list':
        return offset
      case 'kube': {
        const read = fromKube(item.object, atOf(item, offset))
        // it may lack nothing but a time, and only the end of the input says what time it is
        if (!read.ok && this.#timeless.length < MAX_TIMELESS)
          this.#timeless.push({ source, offset, item })
        else this.#add(read, builder, item.place)
        return offset + 1
      }
      case 'logs':
        return this.#logs(item.request, item.place, builder, offset)
      case 'metrics':
      case 'spans':
        return this.#telemetryOf(item, builder, offset)
      case 'skipped':
        this.#stats.records += 1
        this.#stats.skipped += 1
        return offset + 1
      case 'rejected':
        this.#reject(item.place, item.why)
        return offset + 1
    }
  }

  #logs(request: unknown, place: Place, builder: ChunkBuilder, first: number): number {
    let batch: LogBatch
    try {
      batch = decodeLogsJson(request)
    } catch (why) {
      if (!(why instanceof OtlpUnreadable)) throw why
      this.#reject(place, why.message)
      return first + 1
    }
    for (const record of batch.records)
      this.#add(fromLogRecord(record, { offset: first + record.index }), builder, place)
    for (const { why } of batch.bad) this.#reject(place, why)
    return first + batch.records.length + batch.bad.length
  }

  #telemetryOf({ t, request, place }: Otlp, builder: ChunkBuilder, first: number): number {
    let found: FromTelemetry
    try {
      found = this.#telemetry[t](request, first)
    } catch (why) {
      if (!(why instanceof OtlpUnreadable)) throw why
      this.#reject(place, why.message)
      return first + 1
    }
    for (const read of found.reads) this.#one(read, builder, place)
    for (const { why } of found.bad) this.#reject(place, why)
    this.#stats.records += found.skipped
    this.#stats.skipped += found.skipped
    return first + Math.max(1, found.entries)
  }

  #add(read: Read, builder: ChunkBuilder, place: Place): void {
    if (!read.ok || !('each' in read)) return this.#one(read, builder, place)
    for (const one of read.each) this.#one(one, builder, place)
  }

  #one(read: ReadOne, builder: ChunkBuilder, place: Place): void {
    if (!read.ok) return this.#reject(place, read.why)
    this.#stats.records += 1
    if ('skipped' in read) {
      this.#stats.skipped += 1
      return
    }
    const cluster = read.cluster ?? this.#options.cluster
    this.#count(cluster, read.signal)
    builder.add(cluster, read.namespace, read.signal)
  }

  #count(cluster: string, signal: Signal): void {
    if (signal.t === 'again') return
    if (isOther(signal) || signal.t === 'cost') {
      if (signal.t === 'alert') this.#see(signal.toldAt)
      else if (signal.t === 'metric') this.#see(signal.at)
      else if (signal.t === 'pattern') for (const { at } of signal.heard) this.#see(at)
      this.#stats.others += 1
      return
    }
    if (signal.t !== 'event') {
      this.#see(signal.t === 'object' ? signal.observedAt : 0)
      this.#stats.objects += 1
      return
    }
    for (const { n, at } of signal.tellings) {
      this.#see(at)
      const state = `${cluster} ${signal.event.uid} ${n} ${at}`
      if (this.#states.has(state)) this.#stats.duplicates += 1
      else {
        this.#states.add(state)
        this.#stats.events += 1
      }
    }
  }

  #see(at: number): void {
    this.#newest = Math.max(this.#newest ?? at, at)
  }

  #reject(place: Place, why: string): void {
    this.#stats.records += 1
    this.#stats.rejected += 1
    if (this.#recognised) this.#options.onRejected({ place, why })
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push({ place, why })
  }
}

const atOf = ({ watchType }: Kube, offset: number): { offset: number; watchType?: string } =>
  watchType === undefined ? { offset } : { offset, watchType }
