import { CliFailure } from '../frame/cli-failure.ts'
import { duration } from '../frame/duration.ts'
import { allReady, type State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'
import { startReporter } from './start-report.ts'
import { followState } from './start.ts'

const READY_WITHIN_MS = 300_000

/** Tells of the start as it goes on, and returns when everything answers; `undefined` after Ctrl-C. Fails with the reason of what does not get ready. */
export const untilReady = async (
  context: CliContext,
  begun: number,
): Promise<State | undefined> => {
  const report = startReporter(context, begun)
  const state = await followState(
    context,
    report,
    (now) => allReady(now) || context.now() - begun > READY_WITHIN_MS,
  )
  if (state === undefined || allReady(state)) return state
  const late = state.units.filter(({ status }) => status !== 'ready' && status !== 'external')
  const names = late
    .map(({ name, reason }) => (reason === undefined ? name : `${name} (${reason})`))
    .join(', ')
  throw new CliFailure(
    `not ready after ${duration(READY_WITHIN_MS)}: ${names}; \`./kubesift logs ${late[0]?.name ?? ''}\` says more`,
  )
}
