import { decodeLogs } from './decode-logs.ts'
import type { BadRecord, OtlpLogRecord } from './log-record.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import type { ReadOptions } from './read-options.ts'
import { RepeatMemo } from './repeat-memo.ts'
import type { RepeatKeys } from './repeat-scan.ts'

/** What was read, or why it was refused. */
export interface Outcome {
  readonly records: readonly OtlpLogRecord[]
  readonly bad: readonly BadRecord[]
  readonly refused: string | undefined
}

const refusedBy = (error: unknown): Outcome => {
  if (!(error instanceof OtlpUnreadable)) throw error
  return { records: [], bad: [], refused: error.reason }
}

/** Without what is of no account: the ignored attribute of the resource, and when a record was observed. */
const essence = (record: OtlpLogRecord, { ignored }: RepeatKeys): OtlpLogRecord => {
  const { [ignored]: _of, ...resource } = record.resource
  return { ...record, resource, observedMs: null, attributes: { ...record.attributes } }
}

/** Reads in full, whatever was read before. */
export const readFull = (bytes: Uint8Array, keys: RepeatKeys, options: ReadOptions): Outcome => {
  try {
    const { records, bad } = decodeLogs(bytes, options)
    return { records: records.map((record) => essence(record, keys)), bad, refused: undefined }
  } catch (error) {
    return refusedBy(error)
  }
}

type Told = Omit<OtlpLogRecord, 'index'>

/** One who keeps what a full reading gave for each slot, and applies time and count to it when it comes again. */
export class Rereader {
  readonly #keys: RepeatKeys
  readonly #memo: RepeatMemo
  readonly #known = new Map<number, OtlpLogRecord>()
  readonly #busy = new Set<number>()
  /** Records that were not read in full. */
  taken = 0

  constructor(keys: RepeatKeys, slots: number) {
    this.#keys = keys
    this.#memo = new RepeatMemo(keys, slots)
  }

  /** What was told so far has been dealt with: its slots may go to others. */
  clear(): void {
    this.#busy.clear()
  }

  /** `keeps` says of a record whether it is of a kind that may be told again. */
  read(
    bytes: Uint8Array,
    options: ReadOptions,
    keeps: (record: OtlpLogRecord) => boolean,
  ): Outcome {
    const told: Told[] = []
    const before = [...this.#busy]
    const repeats = this.#memo.with(
      (slot, timeMs, count) => {
        told.push(this.#again(slot, timeMs, count))
        this.#busy.add(slot)
        return true
      },
      (slot) => this.#busy.has(slot),
    )
    try {
      const batch = decodeLogs(bytes, { ...options, repeats })
      this.taken += told.length
      for (const [record, claim] of batch.claims ?? []) {
        if (this.#busy.has(claim.slot)) throw new Error(`slot ${claim.slot} was given away`)
        if (keeps(record) && this.#memo.settle(claim)) this.#known.set(claim.slot, record)
      }
      const records = batch.records.map((record) => essence(record, this.#keys))
      return { records: inPlace(records, batch.bad, told), bad: batch.bad, refused: undefined }
    } catch (error) {
      this.#busy.clear()
      for (const slot of before) this.#busy.add(slot)
      return refusedBy(error)
    }
  }

  #again(slot: number, timeMs: number, count: number): Told {
    const known = this.#known.get(slot)
    if (known === undefined) throw new Error(`slot ${slot} was found, and nothing is known of it`)
    const { index: _of, ...record } = essence(known, this.#keys)
    const counted = count < 0 ? {} : { [this.#keys.count]: count }
    return {
      ...record,
      timeMs: Number.isNaN(timeMs) ? null : timeMs,
      attributes: { ...record.attributes, ...counted },
    }
  }
}

/** What was taken out has the places that are left. */
const inPlace = (
  records: readonly OtlpLogRecord[],
  bad: readonly BadRecord[],
  told: readonly Told[],
): OtlpLogRecord[] => {
  const left = new Set(Array.from({ length: records.length + bad.length + told.length }).keys())
  for (const { index } of [...records, ...bad])
    if (!left.delete(index)) throw new Error(`place ${index} was given twice`)
  const places = [...left]
  return [...records, ...told.map((one, i) => ({ ...one, index: places[i] as number }))].sort(
    (a, b) => a.index - b.index,
  )
}
