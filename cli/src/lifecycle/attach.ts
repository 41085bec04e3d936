import { duration } from '../frame/duration.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { allReady, readState, type State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'
import { untilReady } from './until-ready.ts'
import { replayAgain, watchRunning } from './watch-demo.ts'

interface AttachOptions {
  readonly detach?: boolean
  readonly replay: boolean
  readonly again?: boolean
  readonly collector?: boolean
  readonly kubeconfig?: string
}

/**
 * `up` beside a Kubesift that runs already: says so, and shows what it finds. It starts nothing unless it is asked to, and Ctrl-C lets go
 * of it without ending anything.
 */
export const attach = async (
  options: AttachOptions,
  context: CliContext,
  mustServe: (state: State) => void,
): Promise<ExitCode> => {
  const { home, print } = context
  const found = readState(home)
  for (const line of foundRunning(found, options, context)) print(line)
  const ready =
    found !== undefined && allReady(found) ? found : await untilReady(context, context.now())
  if (ready === undefined) {
    letGo(context)
    return ExitCode.interrupted
  }
  mustServe(ready)
  if (options.again === true)
    await replayAgain(options.collector === true ? ready : withoutCollector(ready), context)
  if (options.detach === true) {
    print('`./kubesift status` shows it, `./kubesift down` stops it')
    return ExitCode.ok
  }
  await watchRunning(ready, context)
  return context.signal.aborted ? letGo(context) : stoppedElsewhere(context)
}

/** Without `--collector` a replay goes straight into Kafka, also beside a Kubesift that has one. */
const withoutCollector = ({ collectorUrl: _url, ...state }: State): State => state

/** The second `up` of a demo is easily taken for a restart: it is told what it does not do. */
const foundRunning = (
  state: State | undefined,
  { replay, again, kubeconfig, detach }: AttachOptions,
  { now }: CliContext,
): readonly string[] => {
  const age = state === undefined ? '' : ` for ${duration(now() - state.startedAt)}`
  const found =
    state?.phase === 'running' ? `has been running here${age}` : `is being started${age}`
  return [
    `Kubesift ${found}: this \`up\` ${detach === true ? 'starts nothing' : 'only shows it'}`,
    ...(replay && again !== true && kubeconfig === undefined
      ? ['no recording is replayed beside it: `./kubesift up --again` does that']
      : []),
  ]
}

const letGo = ({ print }: CliContext): ExitCode => {
  print('\ndetached; Kubesift runs on: `./kubesift down` stops it')
  return ExitCode.ok
}

/** The end of a table whose Kubesift was stopped by another command. */
export const stoppedElsewhere = ({ print }: CliContext): ExitCode => {
  print('\nKubesift was stopped by another command; `./kubesift up` starts it again')
  return ExitCode.ok
}
