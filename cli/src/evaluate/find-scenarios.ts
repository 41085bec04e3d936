import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { dumpOf, dumpsIn, isDataRoot, readDump } from './healthy-dump.ts'
import { readLabelled } from './labelled-folder.ts'
import { readRecording } from './recorded-folder.ts'
import type { FoundFolder } from './scenario-folder.ts'

const MAX_DEPTH = 4

/** The scenarios that a named folder is or holds; a folder that is none is told as an error, never thrown. */
export const findScenarios = (named: string): FoundFolder[] => {
  const dir = resolve(named)
  if (!existsSync(dir)) return [failed(dir, `there is no folder '${named}'`)]
  if (!statSync(dir).isDirectory())
    return [failed(dir, `'${named}' is a file: name the folder that it is in`)]
  const found = within(dir, 0)
  return found.length > 0 ? found : [failed(dir, `no label: ${WANTED}`)]
}

const WANTED = 'a scenario has a truth.yaml or a label.json'

const failed = (dir: string, why: string): FoundFolder => ({
  ok: false,
  name: basename(dir),
  status: 'error',
  why,
})

const readOne = (dir: string): FoundFolder | undefined => {
  try {
    if (existsSync(join(dir, 'truth.yaml'))) return readRecording(dir)
    if (existsSync(join(dir, 'label.json'))) return readLabelled(dir)
    const dump = dumpOf(dir)
    return dump === undefined ? undefined : readDump(dump)
  } catch (why) {
    return failed(dir, why instanceof Error ? why.message : String(why))
  }
}

const foldersIn = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(dir, entry.name))
    .sort()

const within = (dir: string, depth: number): FoundFolder[] => {
  const one = readOne(dir)
  if (one !== undefined) return [one]
  if (depth === MAX_DEPTH) return []
  if (isDataRoot(dir)) return ofDataRoot(dir, depth)
  const found = foldersIn(dir).map((inner) => ({ inner, all: within(inner, depth + 1) }))
  if (found.every(({ all }) => all.length === 0)) return []
  return found.flatMap(({ inner, all }) =>
    all.length > 0 ? all : [failed(inner, `no label: ${WANTED}`)],
  )
}

/** Dumps stand in `events/` and `objects/`, labelled scenarios beside them; a dump that one of these reads is not read twice. */
const ofDataRoot = (dir: string, depth: number): FoundFolder[] => {
  const labelled = foldersIn(dir)
    .filter((inner) => !['events', 'objects'].includes(basename(inner)))
    .flatMap((inner) => within(inner, depth + 1))
  const names = new Set(labelled.map((one) => (one.ok ? one.folder.name : one.name)))
  const dumps = dumpsIn(dir).filter(({ name }) => !names.has(`${name}-storms`))
  return [...labelled, ...dumps.map(readDump)]
}
