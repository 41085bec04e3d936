import { identityOf, isAlive, makeFolder } from '@kubesift/adapter-backing'
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CliFailure, missingFailure } from '../frame/cli-failure.ts'
import { readState, type State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'
import { livingSupervisor } from '../supervisor/claim.ts'
import { wishArgument, type CollectorWish } from '../supervisor/collector-wish.ts'

const POLL_MS = 100

/** Sees to it that the home has a supervisor. Answers whether it was this call that started it. */
export const startSupervisor = async (
  context: CliContext,
  collector?: CollectorWish,
): Promise<{ readonly startedHere: boolean }> => {
  makeFolder(context.home)
  await untilEnded(context.home)
  if (livingSupervisor(context.home) !== undefined) return beside(context)
  const pid = await spawnSupervisor(context, collector)
  const child = identityOf(pid)
  for (;;) {
    const holder = livingSupervisor(context.home)
    const state = readState(context.home)
    // it has written its first state, be that a failure; until then the file is that of an earlier run
    if (state?.supervisor.pid === pid) return { startedHere: true }
    if (holder !== undefined && holder.pid !== pid) return beside(context)
    if (child === undefined || !isAlive(child)) throw diedAtOnce(context)
    await pause(POLL_MS)
  }
}

/** Another one has the home. What it writes is waited for: until then the state is that of an earlier run, whose supervisor is gone. */
const beside = async ({ home, signal }: CliContext): Promise<{ readonly startedHere: false }> => {
  while (!signal.aborted) {
    const holder = livingSupervisor(home)
    if (holder === undefined || readState(home)?.supervisor.pid === holder.pid) break
    await pause(POLL_MS)
  }
  return { startedHere: false }
}

/** A supervisor that is on its way out is not one to follow. */
const untilEnded = async (home: string): Promise<void> => {
  const ending = (): boolean => {
    const state = readState(home)
    return state !== undefined && state.alive && !['starting', 'running'].includes(state.phase)
  }
  while (ending()) await pause(POLL_MS)
}

const diedAtOnce = ({ home }: CliContext): CliFailure =>
  new CliFailure(`the supervisor ended at its start: see ${join(home, 'logs/supervisor.log')}`)

const spawnSupervisor = async (
  { home, root, env }: CliContext,
  collector: CollectorWish | undefined,
): Promise<number> => {
  const log = openSync(join(makeFolder(join(home, 'logs')), 'supervisor.log'), 'a', 0o600)
  try {
    const main = join(root, 'cli/src/supervisor/main.ts')
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        '--disable-warning=ExperimentalWarning',
        main,
        ...wishArgument(collector),
      ],
      {
        cwd: root,
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...env, KUBESIFT_HOME: home },
      },
    )
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('spawn', () => resolve(child.pid ?? 0))
    })
    child.unref()
    return pid
  } finally {
    closeSync(log)
  }
}

/** Follows the state file, handing over each new state, until the condition holds, the supervisor ends or `signal` aborts. */
export const followState = async (
  { home, signal }: CliContext,
  onState: (state: State) => void,
  enough: (state: State) => boolean,
): Promise<State | undefined> => {
  for (let last = ''; !signal.aborted;) {
    const state = readState(home)
    if (state === undefined) return undefined
    const text = JSON.stringify(state)
    if (text !== last) onState(state)
    last = text
    if (state.phase === 'failed') {
      await untilEnded(home)
      throw missingFailure(state.failure ?? 'the supervisor failed')
    }
    if (enough(state)) return state
    if (!state.alive)
      throw new CliFailure(`the supervisor is gone: see ${join(home, 'logs/supervisor.log')}`)
    await pause(POLL_MS)
  }
  return undefined
}
