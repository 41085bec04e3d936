import { INCIDENT_PROTO } from '@kubesift/contracts'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compareProto, describeProto } from './compare-proto.ts'
import { compareSchemas } from './compare-schemas.ts'
import { root, textOf } from './pages.ts'
import { fileOf, schemaOf, topics } from './topic-schemas.ts'

/** Where the contracts of the former version are kept. */
export const BASELINE = 'docs/contracts/baseline'

/** Contracts that may change without a reader noticing, each with the reason. */
export const EXEMPT: Readonly<Record<string, string>> = {
  signals:
    'only context-builder writes and reads it: its two halves change together, and are documented for replays only',
}

const PROTO = 'incident.proto.json'
const TRIAGE = 'triage.schema.json'

/** What others build on, as it is today, by the name of its file in the baseline. */
export const contractsOfToday = (): ReadonlyMap<string, unknown> =>
  new Map([
    ...topics
      .filter(({ topic }) => EXEMPT[topic] === undefined)
      .map((topic) => [fileOf(topic), schemaOf(topic)] as const),
    // its own test, beside the command, holds this file to the code
    [TRIAGE, JSON.parse(textOf(join('docs/contracts', TRIAGE)))] as const,
    [PROTO, describeProto(textOf(join('libs/contracts/proto', INCIDENT_PROTO)))] as const,
  ])

/** The baseline as it is kept. */
export const contractsOfBaseline = (): ReadonlyMap<string, unknown> =>
  new Map(
    globSync('*.json', { cwd: join(root, BASELINE) }).map((file): [string, unknown] => [
      basename(file),
      JSON.parse(readFileSync(join(root, BASELINE, file), 'utf8')),
    ]),
  )

/** What breaks a reader of the baseline, a line each. */
export const breaksOf = (
  before: ReadonlyMap<string, unknown>,
  today: ReadonlyMap<string, unknown>,
): readonly string[] =>
  [...before].flatMap(([file, was]) => {
    const is = today.get(file)
    if (is === undefined) return [`${file}: the contract was removed`]
    const breaks =
      file === PROTO
        ? compareProto(was, is)
        : compareSchemas(was, is, { readAgain: file !== TRIAGE })
    return breaks.map((line) => `${file}: ${line}`)
  })

/** Contracts that nothing holds yet. */
export const missingIn = (
  before: ReadonlyMap<string, unknown>,
  today: ReadonlyMap<string, unknown>,
): readonly string[] => [...today.keys()].filter((file) => !before.has(file))
