import { readState } from '../frame/state.ts'

const LOOK_MS = 1_000

/** A signal that comes when somebody else stops what runs in this home. A supervisor that was killed stops nothing: the rest lives on. */
export const untilStopped = (
  home: string,
): { readonly signal: AbortSignal; readonly end: () => void } => {
  const stopped = new AbortController()
  const look = (): void => {
    const phase = readState(home)?.phase
    if (phase !== 'starting' && phase !== 'running') stopped.abort()
  }
  const timer = setInterval(look, LOOK_MS)
  return { signal: stopped.signal, end: () => clearInterval(timer) }
}
