import { livingProcess } from '@kubesift/adapter-backing'
import { join } from 'node:path'
import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { readState } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

const ADDRESS = /^([^\s/:]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/

/** Where the incident API is: `KUBESIFT_API`, else what the supervisor of `up` has written down. */
export const apiAddress = ({ env, home }: Pick<CliContext, 'env' | 'home'>): string => {
  const given = env['KUBESIFT_API']
  if (given !== undefined && given !== '') {
    if (ADDRESS.test(given)) return given
    throw new CliFailure(`KUBESIFT_API is '${given}'; wanted is host:port`, ExitCode.usage)
  }
  const state = readState(home)
  // A supervisor that was killed leaves what it started: as long as that is alive it can be asked.
  if (state !== undefined && (state.alive || livingProcess(join(home, 'run/incident-store.json'))))
    return state.grpcUrl
  throw new CliFailure(
    'Kubesift is not running here: `./kubesift up` starts it',
    ExitCode.notRunning,
  )
}
