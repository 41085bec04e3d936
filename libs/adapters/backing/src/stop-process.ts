import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from './identity.ts'
import { isCode } from './json-file.ts'

const POLL_MS = 50

/** Asks by `signal`, waits, then kills the process with its group. Returns how it ended; a process already gone is fine. */
export const stopProcess = async (
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  patienceMs: number,
): Promise<'gone' | 'stopped' | 'killed'> => {
  if (!isAlive(identity)) return 'gone'
  send(identity.pid, signal)
  if (await gone(identity, patienceMs)) return 'stopped'
  // daemons lead their own group: children such as Postgres backends go with it
  send(-identity.pid, 'SIGKILL')
  send(identity.pid, 'SIGKILL')
  await gone(identity, 5_000)
  return 'killed'
}

const gone = async (identity: ProcessIdentity, withinMs: number): Promise<boolean> => {
  for (let waited = 0; waited <= withinMs; waited += POLL_MS) {
    if (!isAlive(identity)) return true
    await pause(POLL_MS)
  }
  return !isAlive(identity)
}

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (why) {
    // it ended between the look and the signal, or leads no group
    if (!isCode(why, 'ESRCH')) throw why
  }
}
