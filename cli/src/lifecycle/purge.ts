import { postgresDataFolders } from '@kubesift/adapter-backing'
import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** All that we ever write into a home. Anything else in there is somebody else's, and stays. */
const OURS = [
  'data',
  'logs',
  'run',
  'replayed',
  'ports.json',
  'secrets.json',
  'state.json',
] as const

/**
 * Deletes the data of a home that is stopped, and the home itself when nothing else is in it. Downloads are kept, and so is a home that is
 * a link: somebody has put it elsewhere, and the next start is to find it there.
 */
export const purgeHome = (home: string): void => {
  for (const path of [...postgresDataFolders(home), ...OURS.map((name) => join(home, name))]) {
    rmSync(path, { recursive: true, force: true })
  }
  if (!existsSync(home) || lstatSync(home).isSymbolicLink()) return
  if (readdirSync(home).length === 0) rmdirSync(home)
}
