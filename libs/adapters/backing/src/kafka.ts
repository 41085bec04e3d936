import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BackingContext } from './backing-options.ts'
import { Daemon, type Launch } from './daemon.ts'
import { findJava } from './java.ts'
import { kafkaJars, kafkaPom } from './kafka-jars.ts'
import { kafkaAnswers } from './kafka-metadata.ts'
import { BackingFailed } from './missing-prerequisite.ts'
import { cacheFolder, makeFolder, type Env } from './places.ts'
import { livingProcess } from './run-file.ts'
import { runCommand } from './run-command.ts'

/** The same from `src/` and from `dist/`. */
const native = fileURLToPath(new URL('../../../../deploy/native/', import.meta.url))

/** Measured: 8 to 12 s on an idle machine, up to 29 s on a loaded one; three times that before we call it dead. */
const READY_WITHIN_MS = 90_000

/** A single-node Kafka (KRaft) on loopback. Its ports are chosen here, everything else is made when it starts. */
export const kafkaDaemon = async (
  context: BackingContext,
): Promise<{ readonly daemon: Daemon; readonly url: string }> => {
  const runFile = join(context.home, 'run/kafka.json')
  const alive = livingProcess(runFile) !== undefined
  const port = await context.ports.claim('kafka', alive)
  const controllerPort = await context.ports.claim('kafka-controller', alive)
  const daemon = new Daemon({
    name: 'kafka',
    runFile,
    logFile: join(context.home, 'logs/kafka.log'),
    prepare: () => prepare(context, port, controllerPort),
    ready: () => kafkaAnswers('127.0.0.1', port),
    readyWithinMs: READY_WITHIN_MS,
    stopSignal: 'SIGTERM',
    stopWithinMs: 20_000,
  })
  return { daemon, url: `127.0.0.1:${port}` }
}

const prepare = async (
  context: BackingContext,
  port: number,
  controllerPort: number,
): Promise<Launch> => {
  const { home, env, profile } = context
  const java = await findJava(env)
  const lib = await kafkaJars(cacheFolder(home, env), kafkaPom, context)
  const data = makeFolder(join(home, 'data/kafka'))
  const properties = join(home, 'run/kafka.properties')
  makeFolder(join(home, 'run'))
  writeFileSync(properties, serverProperties(port, controllerPort, join(data, 'log')))
  const jvm = ['-cp', `${lib}/*`, `-Dlog4j2.configurationFile=${join(native, 'log4j2.yaml')}`]
  await format(java.path, jvm, { data: join(data, 'log'), properties, env })
  const heap = env['KUBESIFT_KAFKA_HEAP'] ?? '256m'
  const tuning = profile === 'test' ? ['-XX:TieredStopAtLevel=1'] : []
  return {
    command: java.path,
    args: [
      ...jvm,
      `-Xms${heap}`,
      `-Xmx${heap}`,
      '-XX:+UseSerialGC',
      ...tuning,
      'kafka.Kafka',
      properties,
    ],
    cwd: data,
    env,
  }
}

const serverProperties = (port: number, controllerPort: number, data: string): string =>
  readFileSync(join(native, 'server.properties.in'), 'utf8')
    .replaceAll('@PORT@', String(port))
    .replaceAll('@CPORT@', String(controllerPort))
    .replaceAll('@DATA@', data)

/** Formats an empty data folder; a format that did not finish left no `meta.properties` and begins again. */
const format = async (
  java: string,
  jvm: readonly string[],
  {
    data,
    properties,
    env,
  }: { readonly data: string; readonly properties: string; readonly env: Env },
): Promise<void> => {
  if (existsSync(join(data, 'meta.properties'))) return
  rmSync(data, { recursive: true, force: true })
  const clusterId = randomBytes(16).toString('base64url')
  const args = [
    ...jvm,
    '-XX:TieredStopAtLevel=1',
    'kafka.tools.StorageTool',
    'format',
    // one word: an id may begin with a hyphen (one in 64 does), and alone it would be taken for an option
    `--cluster-id=${clusterId}`,
    '-c',
    properties,
  ]
  const { ok, output } = await runCommand(java, args, { env })
  if (!ok)
    throw new BackingFailed(
      `Kafka's data folder could not be formatted: ${output.trim().split('\n').at(-1) ?? ''}`,
    )
}
