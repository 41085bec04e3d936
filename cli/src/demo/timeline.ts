/** How the recorded time is mapped to the wall clock. */
export interface Timeline {
  /** Recorded time plus this is the time that is shown: whole minutes. */
  readonly deltaMs: number
  /** When a moment of the recording is due, in milliseconds after the start; 0 for the quiet minute before the first fault. */
  readonly dueAt: (recordedAt: number) => number
  /** The moment of the recording that is due now, on and on after its end; never a moment to come. */
  readonly recordedAt: (elapsedMs: number) => number
  /** After this long the shown time has caught up with the wall clock and goes on at its speed. */
  readonly liveAfterMs: number
}

export interface TimelineOptions {
  readonly startAt: number
  readonly endAt: number
  /** Wall clock at the start. */
  readonly now: number
  /** Sent at once: what was there before anything failed. */
  readonly leadMs?: number
  /** Recorded seconds per second. */
  readonly speed?: number
  /** Quiet time behind the recording that the stability windows need, before the demo is live. */
  readonly tailMs?: number
}

const MINUTE = 60_000
/** The first fault of the storm comes 45 s after its start. */
const LEAD_MS = 42_000
const SPEED = 6
/** Longer than the longest stability window of `rules/problems` and the allowed lateness of 2 min together. */
const TAIL_MS = 9 * MINUTE

/**
 * The recording is shown as having begun some minutes ago, and faster than it was, until the shown time has caught up with the wall clock:
 * a moment is never shown before it can have happened, ages on screen are true to the shown times, and ten minutes take less than two.
 */
export const timelineOf = (options: TimelineOptions): Timeline => {
  const { startAt, endAt, now, leadMs = LEAD_MS, speed = SPEED, tailMs = TAIL_MS } = options
  const covered = Math.max(0, endAt + tailMs - startAt - leadMs)
  const lag = leadMs + covered - covered / speed
  const deltaMs = Math.floor((now - lag - startAt) / MINUTE) * MINUTE
  // rounding has moved the start further into the past: a little longer until it has caught up
  const liveAfterMs = (now - deltaMs - startAt - leadMs) / (speed - 1)
  return {
    deltaMs,
    liveAfterMs,
    dueAt: (recordedAt) => {
      const elapsed = Math.max(0, (recordedAt - startAt - leadMs) / speed)
      return elapsed <= liveAfterMs ? elapsed : recordedAt + deltaMs - now
    },
    recordedAt: (elapsedMs) =>
      elapsedMs <= liveAfterMs ? startAt + leadMs + elapsedMs * speed : now + elapsedMs - deltaMs,
  }
}
