import { Failure } from '@kubesift/contracts'
import { type Backoff, pause, waitBefore } from './backoff.ts'
import { type Kafka, patiently } from './client.ts'
import type { Offsets } from './offsets.ts'
import type { PartitionState } from './partitions.ts'
import { startOf } from './start-offset.ts'

/** Where to look. Names are those on the broker. */
export interface Place {
  readonly kafka: Kafka
  readonly offsets: Offsets
  readonly group: string
  readonly topic: string
}

export interface LocateOptions {
  readonly signal: AbortSignal
  /** The handler's own position. A `retry` failure is tried again. */
  readonly ask: (partition: number, note: string | undefined) => Promise<number | undefined>
  readonly backoff: Backoff
  /** Why it waits, or undefined when it goes on. */
  readonly waits: (why: string | undefined) => void
  /** The state's `next` is where to start; it may be fetched now. */
  readonly found: (state: PartitionState) => void
}

/** Finds where each partition starts. Those that are taken away meanwhile are left alone. */
export const locate = async (
  place: Place,
  states: readonly PartitionState[],
  options: LocateOptions,
): Promise<void> => {
  const at = Date.now()
  const known = await patiently(
    place.kafka,
    `asking where group ${place.group} stands`,
    async () => ({
      bounds: await place.offsets.bounds(),
      commits: await place.offsets.commits(place.group),
    }),
    options.signal,
  )
  if (known === undefined) return
  await Promise.all(
    states.map(async (state) => {
      const commit = known.commits.get(state.partition)
      const asked = await askUntilAnswered(state, commit?.note, options)
      if (!state.owned || options.signal.aborted) return
      const { low, high } = known.bounds.get(state.partition) ?? { low: 0, high: 0 }
      const { offset, warning } = startOf({ committed: commit?.offset, low, high, asked })
      if (warning !== undefined) {
        place.kafka.log.warn({ partition: state.partition }, `${place.topic}: ${warning}`)
      }
      state.next = offset
      state.sawEnd(high, at)
      state.located = true
      options.found(state)
    }),
  )
}

const askUntilAnswered = async (
  state: PartitionState,
  note: string | undefined,
  { signal, ask, backoff, waits }: LocateOptions,
): Promise<number | undefined> => {
  for (let n = 1; state.owned && !signal.aborted; n++) {
    try {
      const answer = await ask(state.partition, note)
      if (n > 1) waits(undefined)
      return answer
    } catch (error) {
      if (!(error instanceof Failure) || error.next !== 'retry') throw error
      waits(error.message)
      await pause(waitBefore(backoff, n, Math.random()), signal)
    }
  }
  return undefined
}
