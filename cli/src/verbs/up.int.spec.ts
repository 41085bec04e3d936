import { identityOf, isAlive, runNames, type ProcessIdentity } from '@kubesift/adapter-backing'
import { INCIDENT_PROTO, PROTO_ROOT } from '@kubesift/contracts'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { announceReplay } from '../demo/replayed.ts'
import { checkoutRoot } from '../frame/context.ts'
import { runCli } from '../frame/program.ts'
import { stopEverything } from '../lifecycle/stop.ts'

/** `up` beside a Kubesift that runs: a process that lives where the supervisor would, and an API of two clusters. */
const PATIENCE = { timeout: 60_000, interval: 50 }
let home = ''
let supervisor: ProcessIdentity
let api: Server
let grpcUrl = ''

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'up-'))
  mkdirSync(join(home, 'run'))
  supervisor = standIn()
  writeFileSync(join(home, 'run/supervisor.json'), JSON.stringify(supervisor))
  api = new Server()
  grpcUrl = await serve(api)
  writeState('running')
})
afterEach(async () => {
  api.forceShutdown()
  await stopEverything(home)
  rmSync(home, { recursive: true, force: true })
})

const standIn = (): ProcessIdentity => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  return identityOf(child.pid ?? 0)!
}

const writeState = (phase: string, of = supervisor): void =>
  writeFileSync(
    join(home, 'state.json'),
    JSON.stringify({
      supervisor: of,
      startedAt: 0,
      phase,
      // nobody listens there
      kafkaBrokers: '127.0.0.1:1',
      databaseUrl: 'postgres://d/x',
      redisUrl: 'redis://r',
      topicPrefix: '',
      grpcUrl,
      units: [],
    }),
  )

const incident = (cluster: string) => ({
  id: `of-${cluster}`,
  revision: '1',
  cluster,
  severity: 'P1',
  status: 'OPEN',
  occurrenceCount: '1',
})

const serve = (server: Server): Promise<string> => {
  const definition = loadSync(fileURLToPath(new URL(INCIDENT_PROTO, PROTO_ROOT)), {
    includeDirs: [fileURLToPath(PROTO_ROOT)],
  })['kubesift.incident.v1.IncidentService'] as ServiceDefinition
  server.addService(definition, {
    ListIncidents: (_: unknown, done: (why: null, answer: object) => void) =>
      done(null, { incidents: [incident('demo-1'), incident('older')], watchCursor: 'c' }),
    WatchIncidents: () => undefined,
  })
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (why, port) =>
      why === null ? resolve(`127.0.0.1:${port}`) : reject(why),
    )
  })
}

const up = (...args: string[]) => {
  const stop = new AbortController()
  const lines: string[] = []
  const code = runCli(['up', ...args], {
    root: checkoutRoot,
    home,
    env: { ...process.env, KUBESIFT_NO_BUILD: '1' },
    stdin: process.stdin,
    stdout: { isTTY: false } as NodeJS.WriteStream,
    stderr: process.stderr,
    now: () => 12 * 60_000,
    signal: stop.signal,
    print: (line) => void lines.push(line),
    warn: (line) => void lines.push(line),
  })
  return { code, said: () => lines.join('\n'), interrupt: () => stop.abort() }
}

const replays = (): readonly string[] => runNames(home).filter((name) => name.includes('replay'))

test('a second up attaches: it shows what is replayed, replays nothing, and Ctrl-C leaves all of it running', async () => {
  const end = announceReplay(home, 'demo-1')
  const second = up()
  await vi.waitFor(() => expect(second.said()).toContain('of-demo-'), PATIENCE)
  second.interrupt()
  expect(await second.code).toBe(0)
  end()
  expect(second.said()).toMatch(/^Kubesift has been running here for 12 min/)
  expect(second.said()).toContain('`./kubesift up --again`')
  expect(second.said()).toContain('detached; Kubesift runs on')
  expect(second.said()).not.toContain('of-older')
  expect([replays(), isAlive(supervisor)]).toEqual([[], true])
})

test('it shows everything where nothing is replayed, and ends when somebody stops it', async () => {
  const second = up()
  await vi.waitFor(() => expect(second.said()).toContain('of-older'), PATIENCE)
  writeState('stopping')
  expect(await second.code).toBe(0)
  expect(second.said()).toContain('Kubesift was stopped by another command')
})

test('beside one that has just been started it does not read the state of the run before', async () => {
  writeState('stopped', { ...supervisor, pid: 2 ** 22 + 1 })
  const second = up('--detach')
  await pause(300)
  writeState('running')
  expect(await second.code).toBe(0)
  expect(second.said()).toContain('has been running here')
})

test('Ctrl-C before everything is ready is no success: what follows in a script must not run', async () => {
  writeState('starting')
  const second = up('--detach')
  await vi.waitFor(() => expect(second.said()).toContain('is being started'), PATIENCE)
  second.interrupt()
  expect(await second.code).toBe(130)
})

test('--detach beside it starts nothing and returns', async () => {
  const second = up('--detach')
  expect(await second.code).toBe(0)
  expect(second.said()).toContain('starts nothing')
  expect(replays()).toEqual([])
})

test('--again replays once more, in a process that Ctrl-C leaves to tell its story to the end', async () => {
  const second = up('--again')
  await vi.waitFor(() => expect(second.said()).toMatch(/showing the incidents of demo-/), PATIENCE)
  second.interrupt()
  expect(await second.code).toBe(0)
  expect(replays()).toEqual(['replay'])
  const third = up('--again', '--detach')
  expect(await third.code).toBe(0)
  expect(replays().toSorted()).toEqual(['replay', 'replay-2'])
}, 120_000)

test('--again with what it contradicts is a usage error', async () => {
  const second = up('--again', '--no-replay')
  expect(await second.code).toBe(2)
  expect(second.said()).toContain('--again replays the recorded storm')
})
