import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { isAlive, ProcessIdentity } from './identity.ts'
import { isCode, readJsonFile, removeFile } from './json-file.ts'
import { stopProcess } from './stop-process.ts'

const RunRecord = ProcessIdentity.extend({
  stopSignal: z.enum(['SIGTERM', 'SIGINT']).default('SIGTERM'),
})

/** The process that a run file names, if that very process still runs. */
export const livingProcess = (runFile: string): ProcessIdentity | undefined => {
  const known = readJsonFile(runFile, ProcessIdentity)
  return known !== undefined && isAlive(known) ? known : undefined
}

/** The names that have a run file in this home, alive or not. */
export const runNames = (home: string): readonly string[] => {
  try {
    return readdirSync(join(home, 'run'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => basename(file, '.json'))
  } catch (why) {
    if (isCode(why, 'ENOENT')) return []
    throw why
  }
}

/** Stops what a run file names, whoever started it, and forgets it. */
export const stopByRunFile = async (
  home: string,
  name: string,
): Promise<'gone' | 'stopped' | 'killed'> => {
  const file = join(home, 'run', `${name}.json`)
  const known = readJsonFile(file, RunRecord)
  const how = known === undefined ? 'gone' : await stopProcess(known, known.stopSignal, 20_000)
  removeFile(file)
  return how
}
