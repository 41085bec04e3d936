import { existsSync, globSync, readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { HEALTHY } from '@kubesift/core-evaluation'
import { fileInput } from './file-input.ts'
import type { FoundFolder } from './scenario-folder.ts'

/** Events and objects of one cluster whose final state is healthy: `events/<name>…` and `objects/<name>/` of one folder. */
export interface Dump {
  readonly root: string
  readonly name: string
}

/** Clusters that are known to be well at the end of what was dumped of them. */
const KNOWN = /(^|-)(openshift-mg|k3s)-/

export const isDataRoot = (dir: string): boolean =>
  ['events', 'objects'].every((part) => existsSync(join(dir, part)))

export const dumpsIn = (root: string): Dump[] =>
  readdirSync(join(root, 'objects'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && KNOWN.test(entry.name))
    .map(({ name }) => ({ root, name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

/** The dump that a folder is half of. */
export const dumpOf = (dir: string): Dump | undefined => {
  const name = basename(dir)
  const half = basename(dirname(resolve(dir)))
  if (!KNOWN.test(name) || (half !== 'events' && half !== 'objects')) return undefined
  return { root: resolve(dir, '../..'), name }
}

/** Its files: the folder of that name, and files whose names begin with it. */
export const filesOfDump = ({ root, name }: Dump): string[] =>
  ['events', 'objects'].flatMap((half) =>
    globSync([`${name}/**/*.{json,yaml}`, `${name}-*.{json,yaml}`], { cwd: join(root, half) })
      .sort()
      .map((file) => join(root, half, file)),
  )

export const readDump = (dump: Dump): FoundFolder => {
  const files = filesOfDump(dump)
  if (files.length === 0)
    return { ok: false, name: dump.name, status: 'error', why: `no files of it in ${dump.root}` }
  return {
    ok: true,
    folder: {
      name: dump.name,
      kind: 'healthy',
      inputs: files.map(fileInput),
      expect: () => HEALTHY,
    },
  }
}
