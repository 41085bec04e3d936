import { livingProcess } from '@kubesift/adapter-backing'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readState, type UnitState } from '../frame/state.ts'
import { supervise } from './supervise.ts'

const PATIENCE = { timeout: 120_000, interval: 100 }
const SERVICES = ['context-builder', 'incident-store', 'ai-analyst', 'notifier']
const STAND_IN = `
import { createServer } from 'node:http'
createServer((_, answer) => answer.end()).listen(process.env.HEALTH_PORT, '127.0.0.1')
`
/** A port of the discard service: nothing answers there. */
const NOBODY = JSON.stringify({
  clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  users: [{ name: 'u', user: {} }],
  'current-context': 'c',
})

let folder = ''
let home = ''
let running: Promise<void> = Promise.resolve()
const stop = new AbortController()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervise-collector-'))
  home = join(folder, 'home')
  for (const name of SERVICES) {
    mkdirSync(join(folder, 'services', name, 'dist'), { recursive: true })
    writeFileSync(join(folder, 'services', name, 'dist/main.js'), STAND_IN)
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'kubeconfig'), NOBODY)
})
afterEach(async () => {
  stop.abort()
  await running.catch(() => undefined)
  rmSync(folder, { recursive: true, force: true })
})

const unit = (name: string): UnitState | undefined =>
  readState(home)?.units.find((one) => one.name === name)

const killed = (name: string): void => {
  const pid = unit(name)?.pid
  if (pid === undefined) throw new Error(`${name} does not run`)
  process.kill(pid, 'SIGKILL')
}

test('the Collectors are supervised like the services: started again when they end, and stopped with them', async () => {
  running = supervise({
    root: folder,
    home,
    env: { ...process.env, KAFKA_BROKERS: 'k:9092', DATABASE_URL: 'p://d/x', REDIS_URL: 'r://r' },
    signal: stop.signal,
    log: () => undefined,
    collector: { cluster: { name: 'mine', kubeconfig: join(folder, 'kubeconfig') } },
  })
  await vi.waitUntil(() => unit('gateway')?.status === 'ready', PATIENCE)
  expect(readState(home)).toMatchObject({ cluster: 'mine', collectorUrl: unit('gateway')?.address })
  killed('gateway')
  await vi.waitUntil(() => {
    const { status, restarts } = unit('gateway') ?? {}
    return status === 'ready' && restarts === 1
  }, PATIENCE)
  // its cluster does not answer, so it ends by itself
  await vi.waitUntil(() => (unit('agent')?.restarts ?? 0) >= 2, PATIENCE)
  stop.abort()
  await running
  for (const name of ['gateway', 'agent'])
    expect(livingProcess(join(home, `run/${name}.json`))).toBeUndefined()
})
