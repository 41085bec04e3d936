import { ensureBuilt } from '../frame/build.ts'
import { CliFailure } from '../frame/cli-failure.ts'
import { duration } from '../frame/duration.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { allReady, type State } from '../frame/state.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { followState, startSupervisor } from '../lifecycle/start.ts'
import { stopEverything } from '../lifecycle/stop.ts'
import { composeUp } from '../lifecycle/compose.ts'
import { buildCollectors, collectorWish, mustServe } from './up-collector.ts'
import { replayDetached, watchDemo } from '../lifecycle/watch-demo.ts'
import { startReporter } from '../lifecycle/start-report.ts'

/** The options of `up`, as its modules see them. */
export interface UpOptions {
  readonly detach?: boolean
  readonly replay: boolean
  readonly docker?: boolean
  readonly collector?: boolean
  readonly kubeconfig?: string
  readonly cluster?: string
}

export const verb: Verb = {
  examples: [
    './kubesift up',
    './kubesift up --detach --no-replay',
    './kubesift up --collector',
    './kubesift up --kubeconfig ~/.kube/config --cluster production',
  ],
  notes:
    'Ctrl-C stops everything that this `up` started; with --detach it keeps running until `./kubesift down`.',
  define: (command, context, run) => {
    command
      .option('-d, --detach', 'return when everything is ready, and leave it running')
      .option('--no-replay', 'do not replay the recorded storm')
      .option('--docker', 'run it with `docker compose up` instead of native processes')
      .option('--collector', 'send the recording through a real Collector gateway (builds it once)')
      .option(
        '--kubeconfig <file>',
        'watch that cluster with a real Collector agent (implies --collector; no replay)',
      )
      .option(
        '--cluster <name>',
        "its name in incidents; default: the kubeconfig's current context",
      )
      .action(run((options: UpOptions) => up(options, context)))
  },
}

const up = async (options: UpOptions, context: CliContext): Promise<ExitCode> => {
  if (options.docker === true) return composeUp(options, context)
  const wish = collectorWish(options, context.env)
  await ensureBuilt(context)
  if (wish !== undefined) await buildCollectors(wish, context)
  const begun = context.now()
  const { startedHere } = await startSupervisor(context, wish)
  if (!startedHere) context.print('already running; following it')
  try {
    const ready = await untilReady(context, begun)
    if (ready === undefined) return await interrupted(startedHere, context)
    if (!startedHere) mustServe(wish, ready)
    const place = wish === undefined ? withoutCollector(ready) : ready
    if (options.detach === true) {
      await replayDetached(place, options, context)
      return detached(context)
    }
    await watchDemo(place, options, context)
    return await interrupted(startedHere, context)
  } catch (why) {
    if (startedHere && options.detach !== true) await stopEverything(context.home)
    throw why
  }
}

/** A plain `up` beside one with a Collector replays straight into Kafka, and watches everything. */
const withoutCollector = ({ collectorUrl: _url, cluster: _cluster, ...state }: State): State =>
  state

/** All services, or the reason that one of them is not. */
const READY_WITHIN_MS = 300_000

const untilReady = async (context: CliContext, begun: number): Promise<State | undefined> => {
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

const detached = (context: CliContext): ExitCode => {
  context.print('running; `./kubesift status` shows it, `./kubesift down` stops it')
  return ExitCode.ok
}

const interrupted = async (startedHere: boolean, context: CliContext): Promise<ExitCode> => {
  if (!startedHere) {
    context.print('left running, because another `up` started it; `./kubesift down` stops it')
    return ExitCode.ok
  }
  context.print('\nstopping everything (the data is kept; `./kubesift down --purge` deletes it)')
  await stopEverything(context.home)
  context.print('stopped')
  return ExitCode.ok
}
