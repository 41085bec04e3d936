import type { Signal } from '@kubesift/contracts'

/**
 * The CronJob whose Events prove that the Event stream lives (otel-collector/agent/canary.yaml): each minute its controller says that it
 * has made a Job, which is suspended, so that nothing runs.
 */
export const CANARY = 'kubesift-canary'

/** A minute apart; so many may fail or be late before their absence means something (milliseconds, event time). */
export const DEAF_MS = 6 * 60_000

/** Whether this is an Event of the canary. */
export const isCanary = (signal: Signal): boolean =>
  signal.t === 'event' &&
  signal.event.involved.kind === 'CronJob' &&
  signal.event.involved.name === CANARY
