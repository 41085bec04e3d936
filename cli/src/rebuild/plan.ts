import { spansOf, type Kafka } from '@kubesift/adapter-kafka'
import type { StateStore } from '@kubesift/adapter-redis'
import { signals } from '@kubesift/contracts'
import { counted } from '../render/words.ts'

/** Where a partition of `signals` and its state stand. */
export interface Part {
  readonly partition: number
  /** Records that are left, all of which a rebuild reads again. */
  readonly records: number
  /** Records that retention has taken: what they told of is known from contexts alone. */
  readonly gone: number
  /** Undefined: Redis has no state of it. */
  readonly epoch: number | undefined
  /** All of it is published, too. */
  readonly isWhole: boolean
}

/** Everything by partition, in their order. */
export const partsOf = async (
  kafka: Kafka,
  store: Pick<StateStore, 'standings'>,
): Promise<readonly Part[]> => {
  const spans = await spansOf(kafka, signals.topic)
  const standings = await store.standings([...spans.keys()])
  return [...spans]
    .map(([partition, { from, to }]) => {
      const { epoch, isWhole = false } = standings.get(partition) ?? {}
      return { partition, records: to - from, gone: from, epoch, isWhole }
    })
    .sort((a, b) => a.partition - b.partition)
}

/** Whether there ever was a record in it. */
export const isWritten = ({ records, gone }: Pick<Part, 'records' | 'gone'>): boolean =>
  records + gone > 0

/** Those of which Redis has no state though something was written to them, and those whose state is still being made again. */
export const lostOf = (parts: readonly Part[]): readonly Part[] =>
  parts.filter((part) => !part.isWhole && isWritten(part))

/** What will be, or would be, made again; for people. */
export const planText = (parts: readonly Part[]): string[] => {
  const sum = (of: (part: Part) => number): number => parts.reduce((all, p) => all + of(p), 0)
  const gone = sum((p) => p.gone)
  return [
    `${counted(parts.length, 'partition')} of signals: ${counted(
      sum((p) => p.records),
      'record',
    )} to read again`,
    gone === 0
      ? 'nothing was deleted by retention so far: all is made from the records'
      : `${counted(gone, 'record')} were deleted by retention: what they told is taken from the published contexts`,
  ]
}
