import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

/** A Collector gateway that runs, and the agent behind it if a cluster was named. */
export interface Collector {
  /** The gateway's OTLP/HTTP receiver: `http://127.0.0.1:PORT`. */
  readonly endpoint: string
}

/**
 * Starts the Collector for this run: the gateway, and with a kubeconfig the agent for that cluster. Processes with a run
 * file in `KUBESIFT_HOME/run` (use `Daemon`) are stopped by `down` and Ctrl-C with everything else.
 */
export const startCollector = (
  _state: State,
  _options: { readonly kubeconfig?: string },
  _context: CliContext,
): Promise<Collector> =>
  Promise.reject(
    new CliFailure(
      '--collector and --kubeconfig are not part of this version yet',
      ExitCode.missing,
    ),
  )
