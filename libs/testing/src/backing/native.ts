import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import {
  identityOf,
  livingProcess,
  planBacking,
  postgresDataFolders,
  startBacking,
} from '@kubesift/adapter-backing'
import type { SharedBacking } from './urls.ts'

type Env = Readonly<Record<string, string | undefined>>

const PREFIX = 'kubesift-test-'

/** One for every checkout of this account: whoever keeps it running makes everybody's single-file runs quick. */
export const keptHome = (): string => join(tmpdir(), `${PREFIX}kept-${userInfo().uid}`)

/**
 * Real services as child processes. One that was kept running (`KUBESIFT_TEST_BACKING_KEEP=1` starts and keeps it) is
 * used as it is; otherwise they are started for this run, below the temporary folder, and deleted after it.
 */
export const nativeBacking = async (env: Env): Promise<SharedBacking> => {
  await sweep()
  const kept = env['KUBESIFT_TEST_BACKING_KEEP'] === '1' ? 'start' : 'adopt'
  return (await keptBacking(env, kept)) ?? ownBacking(env)
}

const keptBacking = async (
  env: Env,
  how: 'start' | 'adopt',
): Promise<SharedBacking | undefined> => {
  const home = keptHome()
  const running = ['kafka', 'postgres', 'redis'].every((name) =>
    livingProcess(join(home, `run/${name}.json`)),
  )
  if (how === 'adopt' && !running) return undefined
  const backing = await startBacking({ home, env: withoutPins(env), profile: 'test', log: say })
  return { ...backing, stop: () => Promise.resolve() }
}

const ownBacking = async (env: Env): Promise<SharedBacking> => {
  // `kubesift test` names the folder, so that it can clean up after a run that was interrupted
  const home = env['KUBESIFT_TEST_HOME'] ?? join(tmpdir(), `${PREFIX}${process.pid}`)
  const backing = await startBacking({ home, env: withoutPins(env), profile: 'test', log: say })
  return {
    ...backing,
    stop: async () => {
      await backing.stop()
      removeHome(home)
    },
  }
}

/** Ends what a test run that was killed left behind: its home carries its pid. */
const sweep = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : Number.NaN)
    if (!Number.isInteger(pid) || identityOf(pid) !== undefined) continue
    await stopBacking(join(tmpdir(), name))
  }
}

/** Stops and deletes the services of one test home; nothing happens where there is none. */
export const stopBacking = async (home: string): Promise<void> => {
  if (!existsSync(home)) return
  const { daemons } = await planBacking({ home, env: {} })
  await Promise.all(daemons.map((daemon) => daemon.stop()))
  removeHome(home)
}

const removeHome = (home: string): void => {
  for (const folder of [...postgresDataFolders(home), home])
    rmSync(folder, { recursive: true, force: true })
}

/** A test run never takes the ports that somebody pinned for `up`. */
const withoutPins = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^KUBESIFT_.*_PORT$/.test(name)))

const say = (line: string): void => void process.stderr.write(`test backing: ${line}\n`)
