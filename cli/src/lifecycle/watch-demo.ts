import { Daemon, livingProcess } from '@kubesift/adapter-backing'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { announcementOf, replayedClusters } from '../demo/replayed.ts'
import type { State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'
import { untilStopped } from './until-stopped.ts'

interface DemoOptions {
  readonly replay: boolean
  readonly kubeconfig?: string
}

/** With a cluster of one's own, nothing recorded is mixed in. */
const replays = ({ replay, kubeconfig }: DemoOptions): boolean => replay && kubeconfig === undefined

/** The foreground of the `up` that started it, until Ctrl-C or until it is stopped: the replay, and the live table of incidents. */
export const watchDemo = async (
  place: State,
  options: DemoOptions,
  context: CliContext,
): Promise<void> => {
  const [{ runDemo }, { collectorTarget }] = await Promise.all([
    import('../demo/run-demo.ts'),
    import('../demo/targets.ts'),
  ])
  const { collectorUrl, cluster } = place
  if (cluster !== undefined)
    context.print(`\nWatching the cluster '${cluster}' from now on, with a Collector's agent.\n`)
  await whileItRuns(context, (watching) =>
    runDemo({
      place,
      context: watching,
      replay: replays(options),
      ...(collectorUrl === undefined ? {} : { target: collectorTarget(collectorUrl) }),
      ...(cluster === undefined ? {} : { clusters: [cluster] }),
    }),
  )
}

const ATTACHED_FOOTER = [
  'details: ./kubesift incidents show ID   ·   Ctrl-C only leaves this view',
] as const

/** The foreground of an `up` beside it: the live table of what is watched or replayed there; of all incidents where that is not known. */
export const watchRunning = async (place: State, context: CliContext): Promise<void> => {
  const { runDemo } = await import('../demo/run-demo.ts')
  const clusters = [
    ...(place.cluster === undefined ? [] : [place.cluster]),
    ...replayedClusters(context.home),
  ]
  if (clusters.length > 0) context.print(`showing the incidents of ${clusters.join(', ')}`)
  context.print('')
  await whileItRuns(context, (watching) =>
    runDemo({
      place,
      context: watching,
      replay: false,
      footer: ATTACHED_FOOTER,
      ...(clusters.length === 0 ? {} : { clusters }),
    }),
  )
}

const whileItRuns = async (
  context: CliContext,
  work: (watching: CliContext) => Promise<void>,
): Promise<void> => {
  const stopped = untilStopped(context.home)
  try {
    await work({ ...context, signal: AbortSignal.any([context.signal, stopped.signal]) })
  } finally {
    stopped.end()
  }
}

/** The replay of `up --detach`: a process of its own, which `down` ends with everything else. */
export const replayDetached = async (
  place: State,
  options: DemoOptions,
  context: CliContext,
): Promise<void> => {
  if (!replays(options)) return
  await startReplaying('replay', place, context)
  context.print('`./kubesift incidents watch` shows the incidents')
}

/** One more replay beside what runs, as another cluster; a process of its own, so that whoever asked for it may go. */
export const replayAgain = async (place: State, context: CliContext): Promise<void> => {
  const isFree = (name: string): boolean =>
    livingProcess(join(context.home, `run/${name}.json`)) === undefined
  let n = 2
  while (!isFree(`replay-${n}`)) n += 1
  await startReplaying(isFree('replay') ? 'replay' : `replay-${n}`, place, context)
}

const startReplaying = async (
  name: string,
  place: State,
  { home, root, env, print }: CliContext,
): Promise<void> => {
  const main = join(root, 'cli/src/demo/replay-main.ts')
  const daemon: Daemon = new Daemon({
    name,
    runFile: join(home, `run/${name}.json`),
    logFile: join(home, `logs/${name}.log`),
    prepare: () =>
      Promise.resolve({
        command: process.execPath,
        args: ['--conditions=source', '--disable-warning=ExperimentalWarning', main],
        cwd: root,
        env: {
          ...env,
          KUBESIFT_HOME: home,
          KAFKA_BROKERS: place.kafkaBrokers,
          KAFKA_TOPIC_PREFIX: place.topicPrefix,
          COLLECTOR_ENDPOINT: place.collectorUrl ?? '',
        },
      }),
    ready: () => Promise.resolve(existsSync(announcementOf(home, daemon.process?.pid))),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
  })
  await daemon.stop()
  await daemon.start()
  print(`replaying a recorded storm (\`./kubesift logs ${name}\`)`)
}
