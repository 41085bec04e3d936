import { Daemon } from '@kubesift/adapter-backing'
import { join } from 'node:path'
import type { State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'

interface DemoOptions {
  readonly replay: boolean
  readonly kubeconfig?: string
}

/** With a cluster of one's own, nothing recorded is mixed in. */
const replays = ({ replay, kubeconfig }: DemoOptions): boolean => replay && kubeconfig === undefined

/** The foreground of `up` once everything is ready, until Ctrl-C: the replay, and the live table of incidents. */
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
  await runDemo({
    place,
    context,
    replay: replays(options),
    ...(collectorUrl === undefined ? {} : { target: collectorTarget(collectorUrl) }),
    ...(cluster === undefined ? {} : { cluster }),
  })
}

/** The replay of `up --detach`: a process of its own, which `down` ends with everything else. */
export const replayDetached = async (
  place: State,
  options: DemoOptions,
  { home, root, env, print }: CliContext,
): Promise<void> => {
  if (!replays(options)) return
  const main = join(root, 'cli/src/demo/replay-main.ts')
  const daemon = new Daemon({
    name: 'replay',
    runFile: join(home, 'run/replay.json'),
    logFile: join(home, 'logs/replay.log'),
    prepare: () =>
      Promise.resolve({
        command: process.execPath,
        args: ['--conditions=source', '--disable-warning=ExperimentalWarning', main],
        cwd: root,
        env: {
          ...env,
          KAFKA_BROKERS: place.kafkaBrokers,
          KAFKA_TOPIC_PREFIX: place.topicPrefix,
          COLLECTOR_ENDPOINT: place.collectorUrl ?? '',
        },
      }),
    ready: () => Promise.resolve(true),
    readyWithinMs: 10_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
  })
  await daemon.stop()
  await daemon.start()
  print(
    'replaying a recorded storm (`./kubesift logs replay`); `./kubesift incidents watch` shows the incidents',
  )
}
