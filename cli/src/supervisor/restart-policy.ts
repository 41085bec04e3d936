/** A crash after a minute of calm is a new story, not the next chapter of the last one. */
export const CALM_MS = 60_000
const FIRST_MS = 500
const CAP_MS = 30_000

/** The wait before the next start, after `crashes` ends in a row (1 is the first). */
export const waitBeforeRestart = (crashes: number): number =>
  Math.min(CAP_MS, FIRST_MS * 2 ** Math.max(0, crashes - 1))

/** How many ends in a row that makes, given how long it had been ready this time (`undefined`: it never was). */
export const crashesInARow = (before: number, readyForMs: number | undefined): number =>
  readyForMs !== undefined && readyForMs >= CALM_MS ? 1 : before + 1
