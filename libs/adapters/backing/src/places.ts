import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { MissingPrerequisite } from './missing-prerequisite.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Makes a folder and everything above it, or says in one line why that cannot be. */
export const makeFolder = (path: string, mode = 0o755): string => {
  try {
    // the mode is for this folder alone: those above it are shared with accounts that must pass
    mkdirSync(dirname(path), { recursive: true })
    mkdirSync(path, { recursive: true, mode })
    accessSync(path, constants.W_OK)
    return path
  } catch (why) {
    throw new MissingPrerequisite(
      `no write permission for ${path}: set KUBESIFT_HOME to a folder of yours`,
      {},
      { cause: why },
    )
  }
}

/**
 * Where downloads are kept, outside the checkout and outside the data, so that neither a fresh clone nor `down --purge`
 * downloads again. Falls back to the data folder for an account without a home.
 */
export const cacheFolder = (home: string, env: Env): string => {
  const base =
    env['KUBESIFT_CACHE'] ??
    join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'kubesift')
  try {
    mkdirSync(base, { recursive: true })
    accessSync(base, constants.W_OK)
    return base
  } catch {
    return makeFolder(join(home, 'cache'))
  }
}

/**
 * A place that every account can reach, for what must run as another account than root (Postgres refuses root) while
 * the usual place lies below a folder such as a 0700 home.
 */
export const sharedFolder = (): string => {
  for (const base of ['/var/lib/kubesift', '/var/tmp/kubesift']) {
    try {
      mkdirSync(base, { recursive: true, mode: 0o755 })
      accessSync(base, constants.W_OK)
      return base
    } catch {
      // try the next one
    }
  }
  throw new MissingPrerequisite(
    'neither /var/lib nor /var/tmp is writable: set KUBESIFT_HOME to a folder that every account can enter',
  )
}

/** A short name for a home, so that two homes share nothing in the shared place. */
export const homeKey = (home: string): string =>
  createHash('sha256').update(home).digest('hex').slice(0, 12)
