import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { BackingContext } from './backing-options.ts'
import { Daemon, type Launch } from './daemon.ts'
import { makeFolder } from './places.ts'
import { livingProcess } from './run-file.ts'
import { redisServer } from './redis-binary.ts'
import { secretsOf } from './secrets.ts'

const PATIENCE_MS = 3_000

/** A Redis on loopback that keeps what it is told (append-only file, nothing evicted), with a password. */
export const redisDaemon = async (
  context: BackingContext,
): Promise<{ readonly daemon: Daemon; readonly url: string }> => {
  const runFile = join(context.home, 'run/redis.json')
  const port = await context.ports.claim('redis', livingProcess(runFile) !== undefined)
  const password = secretsOf(context.home).redis
  const daemon = new Daemon({
    name: 'redis',
    runFile,
    logFile: join(context.home, 'logs/redis.log'),
    prepare: () => prepare(context, port, password),
    ready: () => redisAnswers(port, password),
    readyWithinMs: 30_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
  })
  return { daemon, url: `redis://:${password}@127.0.0.1:${port}` }
}

const prepare = async (
  context: BackingContext,
  port: number,
  password: string,
): Promise<Launch> => {
  const command = await redisServer(context)
  const data = makeFolder(join(context.home, 'data/redis'), 0o700)
  const config = join(makeFolder(join(context.home, 'run')), 'redis.conf')
  writeFileSync(config, redisConfig(port, password, data, context.profile === 'test'), {
    mode: 0o600,
  })
  return { command, args: [config], cwd: data, env: context.env }
}

/** Facts of open incidents live here: `noeviction`, and an append-only file written each second. */
const redisConfig = (port: number, password: string, data: string, forTests: boolean): string =>
  [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
    'daemonize no',
    'logfile ""',
    `dir ${JSON.stringify(data)}`,
    'save ""',
    'appendonly yes',
    `appendfsync ${forTests ? 'no' : 'everysec'}`,
    'maxmemory-policy noeviction',
    '',
  ].join('\n')

/** PING, after AUTH; while it loads its file it answers -LOADING, which is no. */
const redisAnswers = (port: number, password: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    let text = ''
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(PATIENCE_MS, () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.split('\r\n').length > 2) end(text.includes('+PONG'))
    })
  })
