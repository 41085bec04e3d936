import {
  identityOf,
  isAlive,
  isCode,
  ProcessIdentity,
  readJsonFile,
  removeFile,
  writeJsonFile,
} from '@kubesift/adapter-backing'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Announced = z.object({ process: ProcessIdentity, cluster: z.string() })

/** Where a process tells as which cluster it replays. */
export const announcementOf = (home: string, pid: number | undefined): string =>
  join(folderOf(home), `${pid ?? 'none'}.json`)

const folderOf = (home: string): string => join(home, 'replayed')

/** Tells the other commands of this home as which cluster this process replays; what it answers takes that back. */
export const announceReplay = (home: string, cluster: string): (() => void) => {
  mkdirSync(folderOf(home), { recursive: true })
  const file = announcementOf(home, process.pid)
  writeJsonFile(file, { process: identityOf(process.pid), cluster })
  return () => removeFile(file)
}

/** The clusters that are being replayed into this home now; what a killed process left behind does not count. */
export const replayedClusters = (home: string): readonly string[] =>
  filesIn(folderOf(home)).flatMap((file) => {
    const known = readJsonFile(join(folderOf(home), file), Announced)
    return known !== undefined && isAlive(known.process) ? [known.cluster] : []
  })

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json'))
  } catch (why) {
    if (isCode(why, 'ENOENT')) return []
    throw why
  }
}
