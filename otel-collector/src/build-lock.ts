import { linkSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import {
  identityOf,
  isAlive,
  isCode,
  ProcessIdentity,
  readJsonFile,
} from '@kubesift/adapter-backing'

const LOOK_AGAIN_MS = 500

/** Runs `work` while no other process holds the lock; a holder that died has lost it. */
export const withBuildLock = async (path: string, work: () => Promise<void>): Promise<void> => {
  while (!taken(path)) {
    const holder = readJsonFile(path, ProcessIdentity)
    if (holder !== undefined && !isAlive(holder)) rmSync(path, { force: true })
    else await pause(LOOK_AGAIN_MS)
  }
  try {
    await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** Links a file with this process's identity to the place, which fails when one is there: never half a lock. */
const taken = (path: string): boolean => {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(identityOf(process.pid)))
  try {
    linkSync(draft, path)
    return true
  } catch (why) {
    if (isCode(why, 'EEXIST')) return false
    throw why
  } finally {
    rmSync(draft, { force: true })
  }
}
