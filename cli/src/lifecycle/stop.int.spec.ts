import { Daemon, isAlive } from '@kubesift/adapter-backing'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { purgeHome } from './purge.ts'
import { stopEverything } from './stop.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stop-'))
})
afterEach(async () => {
  await stopEverything(home)
  rmSync(home, { recursive: true, force: true })
})

/** A process of this home with no supervisor above it. */
const orphan = async (name: string) => {
  const daemon = new Daemon({
    name,
    runFile: join(home, `run/${name}.json`),
    logFile: join(home, `logs/${name}.log`),
    prepare: () =>
      Promise.resolve({
        command: process.execPath,
        args: ['-e', 'setInterval(() => {}, 1e6)'],
        cwd: home,
        env: process.env,
      }),
    ready: () => Promise.resolve(true),
    readyWithinMs: 10_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
  })
  await daemon.start()
  const running = daemon.process
  if (running === undefined) throw new Error('it runs, so it has an identity')
  return running
}

test('what a killed supervisor left behind is stopped: senders and services first, then what they use', async () => {
  const left = await Promise.all(['kafka', 'notifier', 'replay'].map(orphan))
  expect(await stopEverything(home)).toEqual({
    supervisor: 'gone',
    orphans: ['replay', 'notifier', 'kafka'],
  })
  expect(left.map(isAlive)).toEqual([false, false, false])
  expect(readdirSync(join(home, 'run'))).toEqual([])
})

test('stopping a home in which nothing runs, or that is not there, is no error', async () => {
  expect(await stopEverything(home)).toEqual({ supervisor: 'gone', orphans: [] })
  expect(await stopEverything(join(home, 'none'))).toEqual({ supervisor: 'gone', orphans: [] })
})

test('a purge deletes what is ours and leaves what is not', async () => {
  await orphan('redis')
  await stopEverything(home)
  writeFileSync(join(home, 'ports.json'), '{}')
  writeFileSync(join(home, 'notes.txt'), 'mine')
  purgeHome(home)
  expect(readdirSync(home)).toEqual(['notes.txt'])
  rmSync(join(home, 'notes.txt'))
  purgeHome(home)
  expect(existsSync(home)).toBe(false)
})
