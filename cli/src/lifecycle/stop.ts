import { runNames, stopByRunFile, stopProcess } from '@kubesift/adapter-backing'
import { livingSupervisor } from '../supervisor/claim.ts'

/** Longer than the supervisor takes when every child needs to be killed. */
const SUPERVISOR_WITHIN_MS = 120_000
const BACKING = new Set(['kafka', 'postgres', 'redis'])

export interface Stopped {
  /** Names that were stopped here, one by one, because no supervisor was left to do it. */
  readonly orphans: readonly string[]
  readonly supervisor: 'gone' | 'stopped' | 'killed'
}

/** Stops the supervisor, and then whatever of this home still runs: a supervisor that was killed left its children. */
export const stopEverything = async (home: string): Promise<Stopped> => {
  // first whoever sends, so that it does not meet a broker that is going down
  const replay = await stopAll(
    home,
    runNames(home).filter((name) => name.startsWith('replay')),
  )
  const holder = livingSupervisor(home)
  const supervisor =
    holder === undefined ? 'gone' : await stopProcess(holder, 'SIGTERM', SUPERVISOR_WITHIN_MS)
  const names = runNames(home).filter((name) => name !== 'supervisor')
  const services = await stopAll(
    home,
    names.filter((name) => !BACKING.has(name)),
  )
  const backing = await stopAll(
    home,
    names.filter((name) => BACKING.has(name)),
  )
  return { supervisor, orphans: supervisor === 'gone' ? [...replay, ...services, ...backing] : [] }
}

const stopAll = async (home: string, names: readonly string[]): Promise<readonly string[]> => {
  const outcomes = await Promise.all(
    names.map(async (name) => ({ name, how: await stopByRunFile(home, name) })),
  )
  return outcomes.filter(({ how }) => how !== 'gone').map(({ name }) => name)
}
