/** How long to wait between attempts: grows by two from `firstMs` to `capMs`. */
export interface Backoff {
  readonly firstMs: number
  readonly capMs: number
}

export const defaultBackoff: Backoff = { firstMs: 200, capMs: 10_000 }

/** The wait before attempt `n` (from 1); `jitter` in [0,1) is drawn by the caller and takes up to half off. */
export const waitBefore = (backoff: Backoff, n: number, jitter: number): number =>
  Math.min(backoff.capMs, backoff.firstMs * 2 ** Math.min(n - 1, 30)) * (1 - jitter / 2)

/** Waits, or less when the signal says stop. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const wake = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    signal.addEventListener('abort', wake, { once: true })
  })
