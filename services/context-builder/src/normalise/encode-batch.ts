import { ChunkWriter } from '@kubesift/adapter-signals'
import { TOLD_WHOLE_EVERY_MS, type Signal, type SourcePartition } from '@kubesift/contracts'
import type { Memory } from './memory.ts'
import type { BatchReading } from './batch-reading.ts'

/** A chunk as it is written, and the namespace that it is of. */
export interface EncodedChunk {
  readonly place: number
  readonly value: Buffer
}

/** Writes what was read in a batch: per namespace what was read in full, and then what was told again. */
export class BatchEncoder {
  readonly #memory: Memory
  readonly #maxBytes: number
  readonly #writer = new ChunkWriter()
  #chunks: EncodedChunk[] = []
  #open: number | undefined
  /** Slots that are told whole here besides those that were read in full. */
  #whole: number[] = []

  constructor(memory: Memory, maxBytes: number) {
    this.#memory = memory
    this.#maxBytes = maxBytes
  }

  encode(reading: BatchReading, source: SourcePartition): readonly EncodedChunk[] {
    this.#chunks = []
    this.#whole = []
    const { places, retellings } = this.#memory
    const left = new Set(retellings.places)
    const chunks = reading.builder.build(source, this.#maxBytes)
    for (const [i, { cluster, namespace, signals }] of chunks.entries()) {
      const place = places.numberOf(cluster, namespace)
      this.#begin(place, reading, source)
      for (const signal of signals) {
        // What the builder allows for is an estimate; texts may take three times as much.
        if (this.#writer.size > this.#maxBytes) this.#finish()
        if (this.#open === undefined) this.#begin(place, reading, source)
        this.#write(signal, reading)
      }
      const next = chunks[i + 1]
      const isLast = next?.cluster !== cluster || next.namespace !== namespace
      // Behind all that its Events are told whole by.
      if (isLast && left.delete(place)) this.#retell(place, reading, source)
      this.#finish()
    }
    for (const place of left) {
      this.#retell(place, reading, source)
      this.#finish()
    }
    return this.#chunks
  }

  /** What was encoded last is durable: the Events that it tells whole need only be told again from now on. */
  published(reading: BatchReading): void {
    const { known } = this.#memory
    for (const slots of [this.#whole, reading.readWhole.keys()])
      for (const slot of slots) known.toldWhole(slot, reading.kafkaAt)
  }

  #begin(place: number, reading: BatchReading, source: SourcePartition): void {
    const { cluster, namespace } = this.#memory.places.of(place)
    this.#writer.begin(cluster, namespace, source, reading.traceOf(place))
    this.#open = place
  }

  #finish(): void {
    if (this.#open === undefined) return
    this.#chunks.push({ place: this.#open, value: this.#writer.finish() })
    this.#open = undefined
  }

  /** Who is told for the first time was written when it was remembered. */
  #write(signal: Signal, reading: BatchReading): void {
    const slot = signal.t === 'event' ? reading.slotOf(signal.event) : undefined
    if (signal.t !== 'event' || slot === undefined) return this.#writer.signal(signal)
    this.#writer.event(this.#memory.known.head(slot), signal)
  }

  #retell(place: number, reading: BatchReading, source: SourcePartition): void {
    const { retellings } = this.#memory
    const writer = this.#writer
    for (const slot of retellings.slotsOf(place)) {
      let isOpen = false
      retellings.forEach(slot, (telling) => {
        if (writer.size > this.#maxBytes && this.#open !== undefined) {
          if (isOpen) writer.endEvent()
          isOpen = false
          this.#finish()
        }
        if (this.#open === undefined) this.#begin(place, reading, source)
        if (!isOpen) this.#tell(slot, reading)
        isOpen = true
        writer.telling(telling)
      })
      if (isOpen) writer.endEvent()
    }
  }

  #tell(slot: number, { kafkaAt, readWhole }: BatchReading): void {
    const { known } = this.#memory
    const since = Math.abs(kafkaAt - known.wholeAt(slot))
    const isKnown = since < TOLD_WHOLE_EVERY_MS || readWhole.has(slot)
    if (isKnown && !known.isMixed(slot)) return this.#writer.beginAgain(known.name(slot))
    this.#writer.beginWhole(known.head(slot))
    this.#whole.push(slot)
  }
}
