import { runDemo } from '../demo/run-demo.ts'
import type { State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

/** What runs in the foreground of `up` once everything is ready, until Ctrl-C: the replay, and the table of incidents. */
export const watchDemo = async (
  state: State,
  options: { readonly replay: boolean },
  context: CliContext,
): Promise<void> => {
  const { kafkaBrokers, topicPrefix, grpcUrl } = state
  context.print(`everything is ready; the incident API is at ${grpcUrl}; Ctrl-C stops everything`)
  await runDemo({
    place: { kafkaBrokers, topicPrefix, grpcUrl },
    context,
    replay: options.replay,
  })
}
