import { readSignals } from '@kubesift/adapter-signals'
import { OtlpUnreadable, readLogs } from '@kubesift/adapter-otlp'
import {
  TOLD_WHOLE_EVERY_MS,
  type EventHead,
  type Signal,
  type SignalChunk,
  type Telling,
} from '@kubesift/contracts'
import { eventFact, type EventFact } from '@kubesift/core-context'
import { clusterOf, fromLogRecord } from '@kubesift/core-signal'
import { bundlesOf } from './bundles.ts'
import { BatchEncoder } from './encode-batch.ts'
import type { Memory } from './memory.ts'
import type { Raw } from './raw-records.spec-helper.ts'
import { Reading } from './reading.ts'

const SOURCE = { topic: 'otel-logs', partition: 1 }
const PARTITIONS = 3
export const DEFAULT_CLUSTER = 'unnamed'

const canonical = ({ involved, ...head }: EventHead): string =>
  JSON.stringify([Object.entries(head).sort(), Object.entries(involved).sort()])

const ANY_HEAD: EventHead = {
  uid: 'any',
  involved: { kind: 'Pod', namespace: 'n', name: 'p' },
  reason: 'BackOff',
  type: 'Warning',
  message: '',
  firstAt: 0,
}

/** What tellings leave behind, whoever they are of: the highest count, the steps to it that are kept, the first and the last record. */
export const leftBy = (
  tellings: readonly Telling[],
): Pick<EventFact, 'top' | 'steps' | 'records'> => {
  const { top, steps, records } = eventFact({ event: ANY_HEAD, tellings: [...tellings] }, SOURCE)
  return { top, steps, records }
}

/** What was told of each Event (by its place and UID), and by which heads. */
export class Told {
  readonly #tellings = new Map<string, Telling[]>()
  readonly heads = new Map<string, Set<string>>()
  readonly others = new Map<string, number>()
  readonly eventsAt = new Map<string, number>()

  /** By place and UID: what facts keep of all that was told, and how many records told it. */
  get left(): Map<string, ReturnType<typeof leftBy> & { readonly told: number }> {
    return new Map(
      [...this.#tellings].map(([id, tellings]) => [
        id,
        { ...leftBy(tellings), told: tellings.reduce((sum, { repeats }) => sum + repeats, 0) },
      ]),
    )
  }

  take(cluster: string, namespace: string, signal: Signal): void {
    const place = `${cluster}/${namespace}`
    if (!('tellings' in signal)) {
      const id = `${place} ${signal.t}`
      this.others.set(id, (this.others.get(id) ?? 0) + signal.repeats)
      return
    }
    const uid = signal.t === 'event' ? signal.event.uid : signal.uid
    if (signal.t === 'event') {
      const heads = this.heads.get(uid) ?? new Set()
      this.heads.set(uid, heads.add(canonical(signal.event)))
    }
    const id = `${place} ${uid}`
    this.#tellings.set(id, [...(this.#tellings.get(id) ?? []), ...signal.tellings])
    for (const { at } of signal.tellings) {
      this.eventsAt.set(cluster, Math.max(this.eventsAt.get(cluster) ?? -Infinity, at))
    }
  }
}

/** What a full reading of each record gives. */
export const toldInFull = (records: readonly Raw[]): Told => {
  const told = new Told()
  for (const { value, headers, offset, timestamp } of records) {
    try {
      for (const entry of readLogs(value, headers['content-type']).records) {
        const read = fromLogRecord(entry, { offset, kafkaAt: timestamp })
        const cluster = clusterOf(entry) ?? DEFAULT_CLUSTER
        if (!read.ok)
          told.take(cluster, '', {
            t: 'unclassified',
            offsets: [offset],
            repeats: 1,
            why: read.why,
          })
        else if ('signal' in read) told.take(cluster, read.namespace, read.signal)
      }
    } catch (error) {
      if (!(error instanceof OtlpUnreadable)) throw error
    }
  }
  return told
}

/** One batch, read and encoded as `normalise` does it, and the chunks as the next stage reads them. */
export interface Normalised {
  readonly reading: Reading
  readonly chunks: readonly {
    readonly chunk: SignalChunk
    readonly traceparent: string | undefined
  }[]
  readonly sizes: readonly number[]
  readonly bundleSizes: readonly { readonly bytes: number; readonly chunks: number }[]
  /** The broker has it all. */
  readonly published: () => void
}

/** Reads and encodes batches with one memory. */
export class Normaliser {
  readonly memory: Memory
  readonly #encoder: BatchEncoder
  readonly #maxBytes: number

  constructor(memory: Memory, maxBytes: number) {
    this.memory = memory
    this.#maxBytes = maxBytes
    this.#encoder = new BatchEncoder(memory, maxBytes)
  }

  read(records: readonly Raw[]): Normalised {
    const reading = new Reading(this.memory, DEFAULT_CLUSTER)
    for (const record of records) reading.read(record)
    const encoded = this.#encoder.encode(reading, SOURCE)
    const to = { places: this.memory.places, partitions: PARTITIONS, maxBytes: this.#maxBytes }
    const bundles = bundlesOf(encoded, to, { source: SOURCE, offset: records[0]?.offset ?? 0 })
    const read = bundles.map(({ value }) => {
      const parsed = readSignals(value)
      if (!parsed.ok || parsed.value.kind !== 'chunks') throw new Error('a bundle without chunks')
      return parsed.value.chunks
    })
    return {
      reading,
      chunks: read.flat(),
      sizes: encoded.map(({ value }) => value.length),
      bundleSizes: bundles.map(({ value }, i) => ({
        bytes: value.length,
        chunks: read[i]?.length ?? 0,
      })),
      published: () => this.#encoder.published(reading),
    }
  }
}

interface Heard {
  head: EventHead
  readonly wholeAt: readonly number[]
  top: number
}

/** Who reads all that was published, in order, and insists on being told whole first. */
export class Listener {
  readonly #heard = new Map<string, Heard>()

  take(chunks: Normalised['chunks'], kafkaAt: number): void {
    for (const { chunk } of chunks)
      for (const signal of chunk.signals) this.#signal(signal, kafkaAt)
  }

  #signal(signal: Signal, kafkaAt: number): void {
    if (!('tellings' in signal)) return
    const top = Math.max(...signal.tellings.map(({ n }) => n))
    if (signal.t === 'event') {
      const before = this.#heard.get(signal.event.uid)
      const newer = before === undefined || top >= before.top
      const head = newer ? signal.event : before.head
      this.#heard.set(signal.event.uid, {
        head,
        wholeAt: [...(before?.wholeAt ?? []), kafkaAt],
        top: Math.max(top, before?.top ?? 0),
      })
      return
    }
    const known = this.#heard.get(signal.uid)
    if (known === undefined) throw new Error(`${signal.uid} is told again before it was told whole`)
    if (known.head.combined === true) throw new Error(`${signal.uid} combines and is told again`)
    if (!known.wholeAt.some((at) => Math.abs(kafkaAt - at) < TOLD_WHOLE_EVERY_MS))
      throw new Error(
        `${signal.uid} was told whole at ${known.wholeAt.join()}, now it is ${kafkaAt}`,
      )
    known.top = Math.max(known.top, top)
  }

  /** The head under which the Event was told most often so far. */
  headOf(uid: string): EventHead | undefined {
    return this.#heard.get(uid)?.head
  }
}
