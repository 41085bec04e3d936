import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { MissingPrerequisite } from './missing-prerequisite.ts'

export type Env = Readonly<Record<string, string | undefined>>

/**
 * The nearest folder above that is there, and what is missing below it, topmost first. Node's own recursive mkdir runs for ever where the
 * system says that what is there is not there (`/proc/x`).
 */
const missingBelow = (path: string): readonly string[] => {
  const missing: string[] = []
  for (let at = path; !existsSync(at); at = dirname(at)) {
    missing.unshift(at)
    if (dirname(at) === at) break
  }
  return missing
}

/** What a system says when a folder cannot be made or written, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no write permission',
  EPERM: 'no write permission',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'something above it, or it itself, is a file and no folder',
  EEXIST: 'it is a file and no folder',
  ENOENT: 'no folder can be made there',
  ENOSPC: 'the disk is full',
}

/** Why a folder cannot be used, where that is what the system says. */
export const unusableFolder = (path: string, why: unknown): MissingPrerequisite | undefined => {
  const code = why instanceof Error && 'code' in why ? String(why.code) : ''
  return Object.hasOwn(REASONS, code) ? unusable(path, why) : undefined
}

const unusable = (path: string, why: unknown): MissingPrerequisite => {
  const code = why instanceof Error && 'code' in why ? String(why.code) : ''
  return new MissingPrerequisite(
    `cannot use the folder ${path}: ${REASONS[code] ?? String(why)}; set KUBESIFT_HOME to a folder of yours`,
    {},
    { cause: why },
  )
}

const isFolder = (path: string): boolean => {
  if (!statSync(path).isDirectory())
    throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
  return true
}

/** Makes a folder and everything above it, or says in one line why that cannot be. */
export const makeFolder = (path: string, mode = 0o755): string => {
  try {
    const missing = missingBelow(path)
    for (const folder of missing) {
      try {
        // the mode is for this folder alone: those above it are shared with accounts that must pass
        mkdirSync(folder, folder === path ? { mode } : {})
      } catch (why) {
        // another process may have been faster
        if (!(why instanceof Error && 'code' in why && why.code === 'EEXIST')) throw why
      }
    }
    isFolder(path)
    accessSync(path, constants.W_OK)
    return path
  } catch (why) {
    throw unusable(path, why)
  }
}

/** Whether {@link makeFolder} would do: looks, and makes nothing. */
export const couldMakeFolder = (path: string): { readonly exists: boolean } => {
  try {
    const [first] = missingBelow(path)
    const there = first === undefined ? path : dirname(first)
    isFolder(there)
    accessSync(there, constants.W_OK)
    return { exists: first === undefined }
  } catch (why) {
    throw unusable(path, why)
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
    return makeFolder(base)
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
