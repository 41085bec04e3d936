import { identityOf, livingProcess } from '@kubesift/adapter-backing'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { allReady, readState, type State } from '../frame/state.ts'
import { supervise } from './supervise.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const SERVICES = ['context-builder', 'incident-store', 'ai-analyst', 'notifier']

/** A service as far as a supervisor can tell: it answers /readyz, tells its pid and environment, and ends when asked. */
const STAND_IN = `
import { createServer } from 'node:http'
createServer((_, answer) => answer.end(JSON.stringify(process.env))).listen(process.env.HEALTH_PORT, '127.0.0.1')
process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(0) })
`

let folder = ''
let root = ''
let home = ''
let stop = new AbortController()
let running: Promise<void> = Promise.resolve()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervise-'))
  root = join(folder, 'root')
  home = join(folder, 'home')
  for (const name of SERVICES) {
    mkdirSync(join(root, 'services', name, 'dist'), { recursive: true })
    writeFileSync(join(root, 'services', name, 'dist/main.js'), STAND_IN)
  }
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
})
afterEach(async () => {
  stop.abort()
  await running.catch(() => undefined)
  rmSync(folder, { recursive: true, force: true })
})

/** The backing services are somebody else's here, so that only the supervision is looked at. */
const begin = (): void => {
  stop = new AbortController()
  const env = {
    ...process.env,
    KAFKA_BROKERS: 'k:9092',
    DATABASE_URL: 'postgres://d/x',
    REDIS_URL: 'redis://r',
  }
  running = supervise({ root, home, env, signal: stop.signal, log: () => undefined })
}

const end = async (): Promise<void> => {
  stop.abort()
  await running
}

const untilReady = (): Promise<State> =>
  vi.waitFor(() => {
    const state = readState(home)
    if (state === undefined || !allReady(state))
      throw new Error(`not ready: ${JSON.stringify(state?.units)}`)
    return state
  }, PATIENCE)

const pidOf = (name: string): number => livingProcess(join(home, `run/${name}.json`))?.pid ?? 0

test('every process is told its role and where the rest is, and all end when told to', async () => {
  begin()
  const { units, grpcUrl } = await untilReady()
  const assemble = units.find(({ name }) => name === 'assemble')
  const told: unknown = await (await fetch(`http://127.0.0.1:${assemble?.healthPort}/`)).json()
  expect(told).toMatchObject({
    CONTEXT_BUILDER_ROLE: 'assemble',
    KAFKA_BROKERS: 'k:9092',
    DATABASE_URL: 'postgres://d/x',
    REDIS_URL: 'redis://r',
    GRPC_URL: grpcUrl,
  })
  const pids = units.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  expect(pids).toHaveLength(5)
  await end()
  expect(pids.map(identityOf)).toEqual(pids.map(() => undefined))
  expect(readState(home)?.phase).toBe('stopped')
})

test('a process that is killed comes back, and its restart is counted', async () => {
  begin()
  await untilReady()
  const killed = pidOf('notifier')
  process.kill(killed, 'SIGKILL')
  await vi.waitFor(() => {
    const unit = readState(home)?.units.find(({ name }) => name === 'notifier')
    expect(unit).toMatchObject({ status: 'ready', restarts: 1 })
    expect(unit?.pid).not.toBe(killed)
  }, PATIENCE)
})

test('a service that cannot start does not hold up the others, and says why', async () => {
  writeFileSync(
    join(root, 'services/ai-analyst/dist/main.js'),
    "throw new Error('bad configuration: FOO')",
  )
  begin()
  await vi.waitFor(() => {
    const units = readState(home)?.units ?? []
    expect(units.find(({ name }) => name === 'ai-analyst')?.reason).toContain(
      'bad configuration: FOO',
    )
    expect(units.filter(({ status }) => status === 'ready')).toHaveLength(4)
  }, PATIENCE)
})

test('services that a killed supervisor left behind are replaced, not doubled', async () => {
  begin()
  await untilReady()
  const left = pidOf('assemble')
  const first = { stop, running }
  begin()
  await vi.waitFor(() => expect(identityOf(left)).toBeUndefined(), PATIENCE)
  first.stop.abort()
  await first.running
})
