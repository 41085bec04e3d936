import { Failure, nextStep } from '@kubesift/contracts'
import type { KafkaMessage } from 'kafkajs'
import type { Batch, Handle, Handled } from './consume-options.ts'
import type { Parked } from './dead-letter.ts'
import { type Decode, open, type Received } from './records.ts'
import { processing } from './trace.ts'

/** Consecutive messages of one partition, not yet read. */
export interface Slice {
  readonly partition: number
  readonly messages: readonly KafkaMessage[]
  readonly highWatermark: number
  readonly isStale: () => boolean
}

/** How far a slice got, and what stopped it if it did not reach its end. */
export interface SliceResult {
  /** The last offset whose effects are durable; undefined when there is none. */
  readonly through: number | undefined
  readonly failure?: unknown
  /** Goes with the offset. */
  readonly note?: string
}

export interface SliceWorker<T> {
  readonly topic: string
  /** The topic's name on the broker and the group, for spans. */
  readonly named: string
  readonly group: string
  readonly decode: Decode<T>
  readonly handle: Handle<T>
  readonly park: (partition: number, parked: readonly Parked[]) => Promise<void>
}

interface Opened<T> {
  readonly good: readonly Received<T>[]
  readonly bad: readonly Parked[]
  readonly last: number
}

const openAll = <T>(decode: Decode<T>, messages: readonly KafkaMessage[]): Opened<T> => {
  const good: Received<T>[] = []
  const bad: Parked[] = []
  for (const message of messages) {
    const opened = open(decode, message)
    if (opened.kind === 'good') good.push(opened.record)
    if (opened.kind === 'bad') bad.push({ record: opened.record, why: opened.why })
  }
  return { good, bad, last: Number(messages.at(-1)?.offset) }
}

const batchOf = <T>(
  worker: SliceWorker<T>,
  slice: Slice,
  records: readonly Received<T>[],
): Batch<T> => ({
  topic: worker.topic,
  partition: slice.partition,
  records,
  firstOffset: records[0]?.offset ?? 0,
  lastOffset: records.at(-1)?.offset ?? 0,
  highWatermark: slice.highWatermark,
  isStale: slice.isStale,
})

/** Whole, or for a dead-letter failure one record at a time, so that only the record at fault is parked. */
const handleGood = async <T>(
  worker: SliceWorker<T>,
  slice: Slice,
  records: readonly Received<T>[],
): Promise<Handled & { readonly failure?: unknown }> => {
  const batch = batchOf(worker, slice, records)
  try {
    return await worker.handle(batch)
  } catch (failure) {
    if (nextStep(failure) !== 'dead-letter') return { through: batch.firstOffset - 1, failure }
  }
  return handleSingly(worker, slice, records)
}

const handleSingly = async <T>(
  worker: SliceWorker<T>,
  slice: Slice,
  records: readonly Received<T>[],
): Promise<Handled & { readonly failure?: unknown }> => {
  const parked: Parked[] = []
  let through = (records[0]?.offset ?? 0) - 1
  let note: string | undefined
  for (const record of records) {
    try {
      const answer = await worker.handle(batchOf(worker, slice, [record]))
      if (answer.through < record.offset) break
      parked.push(...(answer.parked ?? []))
      note = answer.note
    } catch (failure) {
      if (nextStep(failure) !== 'dead-letter') return { through, parked, failure, ...noted(note) }
      parked.push(letterFor(record, failure))
    }
    through = record.offset
  }
  return { through, parked, ...noted(note) }
}

const noted = (note: string | undefined): { readonly note?: string } =>
  note === undefined ? {} : { note }

const letterFor = (record: Received<unknown>, failure: unknown): Parked => ({
  record,
  why: failure instanceof Error ? failure.message : String(failure),
  ...(failure instanceof Failure ? { code: failure.code } : {}),
})

const tracesOf = (records: readonly Received<unknown>[]): readonly string[] => [
  ...new Set(records.flatMap(({ traceparent }) => traceparent ?? [])),
]

/** Reads a slice, has it handled, parks what cannot be processed, and answers how far it is durable. Does not throw. */
export const runSlice = async <T>(worker: SliceWorker<T>, slice: Slice): Promise<SliceResult> => {
  const { good, bad, last } = openAll(worker.decode, slice.messages)
  const about = {
    topic: worker.named,
    group: worker.group,
    partition: slice.partition,
    count: good.length,
    traces: tracesOf(good),
  }
  const handled =
    good.length === 0
      ? { through: last }
      : await processing(about, (own) =>
          handleGood(
            worker,
            slice,
            good.map((record) => ({ ...record, traceparent: record.traceparent ?? own })),
          ),
        )
  return settle(worker, slice, handled, { good, bad, last })
}

/** Bad and parked records up to what is durable go to the dead letters; only then does the offset count. */
const settle = async <T>(
  worker: SliceWorker<T>,
  slice: Slice,
  handled: Handled & { readonly failure?: unknown },
  { good, bad, last }: Opened<T>,
): Promise<SliceResult> => {
  const complete = handled.through >= (good.at(-1)?.offset ?? last)
  const through = complete ? last : handled.through
  const letters = [...bad, ...(handled.parked ?? [])].filter(
    ({ record }) => record.offset <= through,
  )
  const outcome = handled.failure === undefined ? {} : { failure: handled.failure }
  const moved = through >= Number(slice.messages[0]?.offset)
  try {
    if (letters.length > 0) await worker.park(slice.partition, letters)
  } catch (failure) {
    return { through: undefined, failure }
  }
  return { through: moved ? through : undefined, ...outcome, ...noted(handled.note) }
}
