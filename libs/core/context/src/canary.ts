import type { Signal } from '@kubesift/contracts'

/**
 * The CronJob whose Events prove that the Event stream lives (otel-collector/agent/canary.yaml): each minute its controller says that it
 * has made a Job, which is suspended, so that nothing runs.
 */
export const CANARY = 'kubesift-canary'
/** There alone: anybody's CronJob of that name must not decide what is known of a cluster. */
export const CANARY_NAMESPACE = 'kubesift'

/** A minute apart; so many may fail or be late before their absence means something (milliseconds, event time). */
export const DEAF_MS = 6 * 60_000

/** Whether this is an Event of the canary. */
export const isCanary = (signal: Signal): boolean =>
  signal.t === 'event' &&
  signal.event.involved.kind === 'CronJob' &&
  signal.event.involved.name === CANARY &&
  signal.event.involved.namespace === CANARY_NAMESPACE
