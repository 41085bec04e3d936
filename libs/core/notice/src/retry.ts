import type { Attempt } from './channel.ts'

/** How often and how long a delivery is tried. */
export interface RetryPolicy {
  readonly firstMs: number
  readonly maxMs: number
  /** Attempts at most; then it is given up, visibly. */
  readonly attempts: number
}

/** 1 s, 2 s, 4 s … 5 min, about two hours and a half in all: an outage of a receiver, not its end. */
export const RETRY: RetryPolicy = { firstMs: 1_000, maxMs: 300_000, attempts: 40 }

/** A receiver may ask for patience, but not for ever. */
const MAX_RETRY_AFTER_MS = 3_600_000

export type AfterAttempt =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed' | 'gave_up'; readonly error: string }
  | { readonly status: 'waiting'; readonly error: string; readonly inMs: number }

/** The wait before the next attempt: doubling, with full jitter in its upper half, never less than the receiver asked for. */
const waitMs = (policy: RetryPolicy, attempts: number, random: number): number => {
  const full = Math.min(policy.maxMs, policy.firstMs * 2 ** Math.min(attempts - 1, 30))
  return Math.round(full * (0.5 + random / 2))
}

/** What becomes of a delivery after its `attempts`-th attempt. `random` is in [0, 1). */
export const afterAttempt = (
  attempt: Attempt,
  attempts: number,
  policy: RetryPolicy,
  random: number,
): AfterAttempt => {
  if (attempt.outcome === 'delivered') return { status: 'delivered' }
  if (attempt.outcome === 'refused') return { status: 'failed', error: attempt.why }
  if (attempts >= policy.attempts) return { status: 'gave_up', error: attempt.why }
  const asked = Math.min(MAX_RETRY_AFTER_MS, attempt.afterMs ?? 0)
  const inMs = Math.max(asked, waitMs(policy, attempts, random))
  return { status: 'waiting', error: attempt.why, inMs }
}
