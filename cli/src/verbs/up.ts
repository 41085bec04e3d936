import { ensureBuilt } from '../frame/build.ts'
import { usageFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { attach, stoppedElsewhere } from '../lifecycle/attach.ts'
import { startSupervisor } from '../lifecycle/start.ts'
import { stopEverything } from '../lifecycle/stop.ts'
import { composeUp } from '../lifecycle/compose.ts'
import { buildCollectors, collectorWish, mustServe } from './up-collector.ts'
import { replayDetached, watchDemo } from '../lifecycle/watch-demo.ts'
import { untilReady } from '../lifecycle/until-ready.ts'

/** The options of `up`, as its modules see them. */
export interface UpOptions {
  readonly detach?: boolean
  readonly replay: boolean
  readonly again?: boolean
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
  notes: [
    'Ctrl-C stops everything that this `up` started; with --detach it keeps running until `./kubesift down`.',
    'Beside a running Kubesift it shows the incidents and starts nothing; Ctrl-C then leaves everything running.',
  ].join('\n'),
  define: (command, context, run) => {
    command
      .option('-d, --detach', 'return when everything is ready, and leave it running')
      .option('--no-replay', 'do not replay the recorded storm')
      .option(
        '--again',
        'beside a running Kubesift: replay the storm once more, as another cluster',
      )
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
  if (options.again === true && (!options.replay || options.kubeconfig !== undefined))
    throw usageFailure('--again replays the recorded storm: leave out --no-replay and --kubeconfig')
  if (options.docker === true) return composeUp(options, context)
  const wish = collectorWish(options, context.env)
  await ensureBuilt(context)
  if (wish !== undefined) await buildCollectors(wish, context)
  const begun = context.now()
  const { startedHere } = await startSupervisor(context, wish)
  if (!startedHere) return attach(options, context, (state) => mustServe(wish, state))
  try {
    const ready = await untilReady(context, begun)
    if (ready === undefined) {
      await interrupted(context)
      return ExitCode.interrupted
    }
    if (options.detach === true) {
      await replayDetached(ready, options, context)
      return detached(context)
    }
    await watchDemo(ready, options, context)
    return context.signal.aborted ? await interrupted(context) : stoppedElsewhere(context)
  } catch (why) {
    if (options.detach !== true) await stopEverything(context.home)
    throw why
  }
}

const detached = (context: CliContext): ExitCode => {
  context.print('running; `./kubesift status` shows it, `./kubesift down` stops it')
  return ExitCode.ok
}

const interrupted = async (context: CliContext): Promise<ExitCode> => {
  context.print('\nstopping everything (the data is kept; `./kubesift down --purge` deletes it)')
  await stopEverything(context.home)
  context.print('stopped')
  return ExitCode.ok
}
