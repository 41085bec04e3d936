import { OTEL_LOGS } from '@kubesift/contracts'
import { setTimeout as pause } from 'node:timers/promises'
import { batchesOf, type EncodedBatch, type TimedRequest } from './batches.ts'
import { heartbeat } from './heartbeat.ts'
import { moveTimes } from './move-times.ts'
import { parseRequest, withCluster } from './otlp-json.ts'
import type { RecordedLine, Recording } from './recording.ts'
import type { Salt } from './salt.ts'
import type { Timeline } from './timeline.ts'

/** The part of a Kafka producer that the replay needs. */
export interface RawProducer {
  readonly publishRaw: (
    topic: string,
    records: readonly { readonly value: Uint8Array; readonly timestamp: number }[],
  ) => Promise<void>
}

export interface ReplayOptions {
  readonly recording: Recording
  readonly salt: Salt
  readonly timeline: Timeline
  readonly producer: RawProducer
  /** Ends the replay; without it heartbeats go on for ever. */
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** How long to wait between two messages; default: as long as the batch processor does. */
  readonly tickMs?: number
  /** Called once, when the whole recording has been sent. */
  readonly onEnd?: (sent: ReplaySummary) => void
}

export interface ReplaySummary {
  readonly requests: number
  readonly messages: number
}

/** The batch processor's default is to send every 200 ms. */
const TICK_MS = 200
/** How far apart in shown time the nodes report after the end. */
const BEAT_MS = 10_000

/** Sends the recording in its own order and pace, then heartbeats of its nodes, until it is stopped. */
export const replay = async (options: ReplayOptions): Promise<ReplaySummary> => {
  const { recording, timeline, signal, now } = options
  const startedAt = now()
  const sent = { requests: 0, messages: 0 }
  let next = 0
  let beatAt = recording.endAt + BEAT_MS
  let beats = 0
  let ended = false
  while (!signal.aborted) {
    const elapsed = now() - startedAt
    const due: TimedRequest[] = []
    for (let line = recording.lines[next]; line !== undefined; line = recording.lines[next]) {
      if (timeline.dueAt(line.at) > elapsed) break
      due.push(shown(line, options))
      next += 1
    }
    for (; beatAt <= timeline.recordedAt(elapsed); beatAt += BEAT_MS)
      due.push(...heartbeats(options, beatAt, (beats += 1)))
    sent.requests += due.length
    sent.messages += await send(batchesOf(due), options)
    if (!ended && next >= recording.lines.length) {
      ended = true
      options.onEnd?.({ ...sent })
    }
    await untilNextTick(options.tickMs ?? TICK_MS, signal)
  }
  return sent
}

/** A recorded request as this run shows it: its own UIDs, names and cluster, and times of now. */
const shown = ({ text, at }: RecordedLine, { salt, timeline }: ReplayOptions): TimedRequest => {
  const moved = moveTimes(salt.apply(text), timeline.deltaMs, at)
  return { at: at + timeline.deltaMs, request: withCluster(parseRequest(moved), salt.cluster) }
}

const heartbeats = (options: ReplayOptions, recordedAt: number, beat: number): TimedRequest[] =>
  [...options.recording.nodes.values()].map((line) => {
    const at = recordedAt + options.timeline.deltaMs
    return { at, request: heartbeat(shown(line, options).request, at, beat) }
  })

const send = async (
  batches: readonly EncodedBatch[],
  { producer }: ReplayOptions,
): Promise<number> => {
  if (batches.length > 0) {
    await producer.publishRaw(
      OTEL_LOGS,
      batches.map(({ bytes, at }) => ({ value: bytes, timestamp: Math.floor(at) })),
    )
  }
  return batches.length
}

const untilNextTick = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await pause(ms, undefined, { signal })
  } catch (why) {
    if (!signal.aborted) throw why
  }
}
