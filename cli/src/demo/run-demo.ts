import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DependencyUnavailable } from '@kubesift/contracts'
import { formatInstant } from '@kubesift/core-signal'
import { createApi } from '../api/client.ts'
import { follow } from '../api/follow.ts'
import type { CliContext } from '../frame/verb.ts'
import { liveTable } from '../live/live-table.ts'
import { shortAge } from '../render/words.ts'
import { announceReplay } from './replayed.ts'
import { loadRecording } from './recording.ts'
import { replay, type RawProducer } from './replay.ts'
import { saltOf } from './salt.ts'
import { kafkaTarget, type ReplayTarget } from './targets.ts'
import { timelineOf, type Timeline } from './timeline.ts'

/** What of the running Kubesift the demo needs. */
export interface DemoPlace {
  readonly kafkaBrokers: string
  readonly topicPrefix: string
  /** The incident API, `127.0.0.1:PORT`. */
  readonly grpcUrl: string
}

/** The recording that the demo shows. */
export const STORM = 'e2e/recordings/storm'
const RETRY_MS = 1_000

export interface StartedReplay {
  /** The cluster of this run: `demo-4f2a`. */
  readonly cluster: string
  /** What the recording is doing, in one line. */
  readonly status: () => string
  /** What is to be said once, at the start. */
  readonly intro: readonly string[]
  /** Ends with the signal; fails where it cannot go on. */
  readonly done: Promise<void>
}

/** Starts to send the recorded storm as a new cluster, with its times moved to now; goes on with heartbeats until the signal. */
export const startReplay = async (
  target: ReplayTarget,
  { root, home, now }: Pick<CliContext, 'root' | 'home' | 'now'>,
  signal: AbortSignal,
): Promise<StartedReplay> => {
  const recording = await loadRecording(join(root, STORM))
  const salt = saltOf(randomUUID(), recording.podNames)
  const startedAt = now()
  const timeline = timelineOf({
    startAt: recording.startAt,
    endAt: recording.endAt,
    now: startedAt,
  })
  let ended = false
  const unannounce = announceReplay(home, salt.cluster)
  const done = replay({
    recording,
    salt,
    timeline,
    producer: waiting(target.producer, signal),
    signal,
    now,
    onEnd: () => (ended = true),
  })
    .finally(unannounce)
    .finally(target.close)
    .then(() => undefined)
  return {
    cluster: salt.cluster,
    intro: introOf(
      salt.cluster,
      recording.startAt + timeline.deltaMs,
      startedAt,
      recording.endAt - recording.startAt,
    ),
    status: () => statusOf(timeline, recording.startAt, now() - startedAt, ended),
    done,
  }
}

/** Kafka may go away and come back: the replay waits and goes on, as the Collector's queue would. */
const waiting = (producer: RawProducer, signal: AbortSignal): RawProducer => ({
  publishRaw: async (topic, records) => {
    for (;;) {
      try {
        return await producer.publishRaw(topic, records)
      } catch (why) {
        if (signal.aborted) return
        if (!(why instanceof DependencyUnavailable)) throw why
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  },
})

const introOf = (
  cluster: string,
  shownAt: number,
  now: number,
  spanMs: number,
): readonly string[] => [
  `Replaying a recorded storm of a real cluster as '${cluster}': ${shortAge(spanMs)} of ten overlapping failures.`,
  `Its times are moved to now: it is shown as having begun at ${formatInstant(Math.floor(shownAt / 1000) * 1000)}, ${shortAge(now - shownAt)} ago, and runs`,
  'faster than it did until it has caught up with the clock.',
]

const statusOf = (
  { deltaMs, recordedAt, liveAfterMs }: Timeline,
  startAt: number,
  elapsed: number,
  ended: boolean,
): string => {
  const shown = recordedAt(elapsed)
  const clock = formatInstant(Math.floor((shown + deltaMs) / 1000) * 1000)
  if (!ended) return `recording: ${shortAge(shown - startAt)} in, the cluster's clock is ${clock}`
  return elapsed < liveAfterMs
    ? `recording: over; only its nodes report now, so that recoveries can prove stable (the cluster's clock is ${clock})`
    : `recording: over and caught up; its nodes go on reporting (the cluster's clock is ${clock})`
}

export interface DemoOptions {
  readonly place: DemoPlace
  readonly context: CliContext
  /** False: only the live table. */
  readonly replay: boolean
  /** Only these are shown; default: that of the replay, else all. */
  readonly clusters?: readonly string[]
  /** Default: straight into Kafka. */
  readonly target?: ReplayTarget
  /** Said below the table; default: how to see more, and how to stop. */
  readonly footer?: readonly string[]
}

const FOOTER = [
  'details: ./kubesift incidents show ID   ·   stop: Ctrl-C, or ./kubesift down',
] as const

/** The demo of `up`: replays the storm and shows the incidents live, until `context.signal` ends it. */
export const runDemo = async (options: DemoOptions): Promise<void> => {
  const { place, context } = options
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const api = createApi(place.grpcUrl)
  const target = options.target ?? kafkaTarget(place.kafkaBrokers, place.topicPrefix)
  try {
    const replaying = options.replay ? await startReplay(target, context, signal) : undefined
    for (const line of replaying?.intro ?? []) context.print(line)
    if (replaying !== undefined) context.print('')
    const own = options.clusters ?? (replaying === undefined ? undefined : [replaying.cluster])
    const table = liveTable({
      changes: follow(api, signal, { patient: true }),
      context,
      // other runs' incidents are still there; this one is to be watched
      keep: (incident) => own?.includes(incident.cluster) ?? true,
      footer: () => [
        ...(replaying === undefined ? [] : [replaying.status()]),
        ...(options.footer ?? FOOTER),
      ],
    })
    // whichever fails first ends the other
    const parts = replaying === undefined ? [table] : [table, replaying.done]
    await Promise.all(
      parts.map((part) =>
        part.catch((why: unknown) => {
          stop.abort()
          throw why
        }),
      ),
    )
  } finally {
    stop.abort()
    api.close()
  }
}
