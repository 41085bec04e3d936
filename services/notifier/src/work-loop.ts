import { Failure } from '@kubesift/contracts'
import type { LoopProgress, Outage } from '@kubesift/adapter-kafka'
import type { WakeUp } from '@kubesift/adapter-postgres'

export interface WorkLoop {
  /** Does what is to do; answers how many milliseconds to wait before the next round (0: more waits already). */
  readonly round: (signal: AbortSignal) => Promise<number>
  readonly wakeUp: WakeUp
  readonly progress: LoopProgress
  /** Says once that the dependency is away, and once that it is back. */
  readonly outage: Outage
}

/** A call to wake up can be lost with a process; waiting is never longer than this. */
const LONGEST_WAIT_MS = 1_000
const RETRY_MS = 1_000

/**
 * Works until the signal. A dependency that is away is waited for (said once); any other failure ends the loop,
 * and with it the process.
 */
export const runLoop = async (
  { round, wakeUp, progress, outage }: WorkLoop,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    const end = progress.begin()
    let waitMs: number
    try {
      waitMs = await round(signal)
      progress.blocked(undefined)
      outage.ends()
    } catch (error) {
      if (!(error instanceof Failure) || error.next !== 'retry') throw error
      progress.blocked(error.message)
      outage.begins(error.message)
      waitMs = RETRY_MS
    } finally {
      end()
    }
    await wakeUp.wait(Math.min(LONGEST_WAIT_MS, Math.max(0, waitMs)), signal)
  }
}
