import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Daemon, type DaemonSpec } from './daemon.ts'
import { identityOf, isAlive } from './identity.ts'

let home = ''
let started: Daemon[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daemon-'))
  started = []
})
afterEach(async () => {
  await Promise.all(started.map((daemon) => daemon.stop()))
  rmSync(home, { recursive: true, force: true })
})

/** A daemon that says it is ready by a file, after it ran `script`. */
const daemon = (script: string, over: Partial<DaemonSpec> = {}): Daemon => {
  const flag = join(home, 'ready')
  const code = `${script}; require('fs').writeFileSync(${JSON.stringify(flag)}, ''); setInterval(() => {}, 1e6)`
  const one = new Daemon({
    name: 'thing',
    runFile: join(home, 'run/thing.json'),
    logFile: join(home, 'thing.log'),
    prepare: () =>
      Promise.resolve({
        command: process.execPath,
        args: ['-e', code],
        cwd: home,
        env: process.env,
      }),
    ready: () => Promise.resolve(existsSync(flag)),
    readyWithinMs: 20_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 300,
    ...over,
  })
  started.push(one)
  return one
}

test('a second owner adopts the living process instead of starting another', async () => {
  expect(await daemon('').start()).toEqual({ adopted: false })
  const first = daemon('').process
  expect(await daemon('').start()).toEqual({ adopted: true })
  expect(daemon('').process).toEqual(first)
})

test('a run file that names a stranger is neither adopted nor killed', async () => {
  const one = daemon('')
  await one.start()
  await one.stop()
  writeFileSync(
    one.spec.runFile,
    JSON.stringify({ pid: process.pid, startedAt: '1', stopSignal: 'SIGTERM' }),
  )
  expect(one.process).toBeUndefined()
  expect(await one.stop()).toBe('gone')
  expect(identityOf(process.pid)).toBeDefined()
})

test('a cut run file tells a newcomer nothing, but whoever started the process can still stop it', async () => {
  const one = daemon('')
  await one.start()
  writeFileSync(one.spec.runFile, '{"pid": 12')
  expect(daemon('').process).toBeUndefined()
  expect(await one.stop()).toBe('stopped')
})

test('one that ends at its start is reported with its own last words', async () => {
  const broken = daemon("console.error('FATAL: the disk is full'); process.exit(3)")
  await expect(broken.start()).rejects.toThrow(/thing ended at its start .*FATAL: the disk is full/)
})

test('one that ignores the polite signal is killed', async () => {
  const stubborn = daemon("process.on('SIGTERM', () => {})")
  await stubborn.start()
  const running = stubborn.process
  expect(await stubborn.stop()).toBe('killed')
  expect(running !== undefined && isAlive(running)).toBe(false)
})

test('one that never answers is given up, and a stop ends it', async () => {
  const mute = daemon('', { ready: () => Promise.resolve(false), readyWithinMs: 300 })
  await expect(mute.start()).rejects.toThrow('thing did not answer within 0.3 s')
  expect(await mute.stop()).toBe('stopped')
})
