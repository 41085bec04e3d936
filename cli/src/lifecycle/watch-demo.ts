import { setTimeout as pause } from 'node:timers/promises'
import type { State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

/** What runs in the foreground of `up` once everything is ready, until Ctrl-C: the replay, and the table of incidents. */
export const watchDemo = async (
  state: State,
  _options: { readonly replay: boolean },
  context: CliContext,
): Promise<void> => {
  context.print(
    `everything is ready; the incident API is at ${state.grpcUrl}; Ctrl-C stops everything`,
  )
  while (!context.signal.aborted) await pause(500)
}
