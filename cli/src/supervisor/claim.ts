import {
  identityOf,
  isAlive,
  isCode,
  ProcessIdentity,
  readJsonFile,
} from '@kubesift/adapter-backing'
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const supervisorFile = (home: string): string => join(home, 'run/supervisor.json')

/** The supervisor of this home, if it lives. */
export const livingSupervisor = (home: string): ProcessIdentity | undefined => {
  const known = readJsonFile(supervisorFile(home), ProcessIdentity)
  return known !== undefined && isAlive(known) ? known : undefined
}

/**
 * Makes this process the one supervisor of the home. Answers who is it already, if somebody else is.
 * A hard link appears whole or not at all, so two that start at once cannot both have it, and nobody reads half a file.
 */
export const claimHome = (
  home: string,
): { readonly mine: boolean; readonly holder: ProcessIdentity } => {
  const me = identityOf(process.pid)
  if (me === undefined) throw new Error('a running process has an identity')
  mkdirSync(join(home, 'run'), { recursive: true })
  const file = supervisorFile(home)
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(me), { mode: 0o600 })
  try {
    for (;;) {
      if (linked(draft, file)) return { mine: true, holder: me }
      const holder = readJsonFile(file, ProcessIdentity)
      if (holder !== undefined && isAlive(holder)) return { mine: false, holder }
      moveAway(file, holder)
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

const linked = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (why) {
    if (isCode(why, 'EEXIST')) return false
    throw why
  }
}

/** Two may see the same dead holder; whoever finds that it moved a living claim puts that one back. */
const moveAway = (file: string, dead: ProcessIdentity | undefined): void => {
  const aside = `${file}.${process.pid}.old`
  try {
    renameSync(file, aside)
  } catch (why) {
    if (isCode(why, 'ENOENT')) return
    throw why
  }
  const moved = readJsonFile(aside, ProcessIdentity)
  if (moved !== undefined && moved.pid !== dead?.pid && isAlive(moved)) linked(aside, file)
  rmSync(aside, { force: true })
}

/** Lets go of the home, if it is ours. */
export const releaseHome = (home: string): void => {
  const holder = readJsonFile(supervisorFile(home), ProcessIdentity)
  if (holder?.pid === process.pid) rmSync(supervisorFile(home), { force: true })
}
