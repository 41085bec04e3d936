import type { Logger } from 'pino'

/** One line per change of a dependency's state, however often the state is told. */
export interface StateLog {
  /** It is away: say why. */
  down(why: string): void
  /** It answers. Says nothing if it was never away. */
  up(): void
}

/** For one dependency, by the name that people know it by. */
export const stateLog = (
  log: Pick<Logger, 'info' | 'warn'>,
  dependency: string,
  now: () => number = Date.now,
): StateLog => {
  let since: number | undefined
  return {
    down: (why) => {
      if (since !== undefined) return
      since = now()
      log.warn({ dependency, why }, `${dependency} is down, waiting: ${why}`)
    },
    up: () => {
      if (since === undefined) return
      const seconds = Math.round((now() - since) / 1000)
      since = undefined
      log.info({ dependency, seconds }, `${dependency} is back after ${seconds} s`)
    },
  }
}
