import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

/** Starts the Collector: the gateway, and with a kubeconfig the agent for that cluster. */
export const startCollector = (
  _state: State,
  _options: { readonly kubeconfig?: string },
  _context: CliContext,
): Promise<void> =>
  Promise.reject(
    new CliFailure(
      '--collector and --kubeconfig are not part of this version yet',
      ExitCode.missing,
    ),
  )
