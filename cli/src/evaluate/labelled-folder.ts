import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import {
  expectationOfGrouping,
  expectationOfLabel,
  parseGrouping,
  parseLabel,
  type Labelled,
} from '@kubesift/core-evaluation'
import type { TriageInput } from '../triage/triage.ts'
import { fileInput, madeInput } from './file-input.ts'
import { filesOfDump } from './healthy-dump.ts'
import { NotJudged, type FoundFolder } from './scenario-folder.ts'
import { eventsOfSummary, eventsOfTable } from './told-as-events.ts'

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** What was recorded, in the one of its forms that holds most: Events as they are, a dump elsewhere, or Events told in another form. */
const inputsOf = (dir: string): TriageInput[] => {
  const at = (name: string): string => join(dir, name)
  if (existsSync(at('events.json')))
    return ['events.json', 'objects.json'].map(at).filter(existsSync).map(fileInput)
  if (existsSync(at('grouping_hints.json'))) return inputsOfDump(dir)
  if (existsSync(at('derived_events.json')))
    return [madeInput(at('derived_events.json'), eventsOfTable(json(at('derived_events.json'))))]
  if (existsSync(at('eks_events.json')))
    return [madeInput(at('eks_events.json'), eventsOfSummary(json(at('eks_events.json'))))]
  return []
}

/** The Events of a whole cluster stand elsewhere; the hints name where, from the folder above that of the scenarios. */
const inputsOfDump = (dir: string): TriageInput[] => {
  const hints = readFileSync(join(dir, 'grouping_hints.json'), 'utf8')
  const name = /\bevents\/([\w.-]+)\//.exec(hints)?.[1]
  return name === undefined ? [] : filesOfDump({ root: resolve(dir, '../..'), name }).map(fileInput)
}

const orNotJudged = (labelled: Labelled) => {
  if (!labelled.ok) throw new NotJudged(labelled.why)
  return labelled.expectation
}

/** A folder with a `label.json`, and perhaps an `expected_grouping.json`. */
export const readLabelled = (dir: string): FoundFolder => {
  const name = basename(dir)
  const label = parseLabel(json(join(dir, 'label.json')))
  const grouping = join(dir, 'expected_grouping.json')
  const expected = existsSync(grouping) ? parseGrouping(json(grouping)) : undefined
  const inputs = inputsOf(dir)
  if (inputs.length === 0)
    return {
      ok: false,
      name,
      status: 'not-judged',
      why: `nothing recorded: ${label.evidence_level ?? 'no Events'}`,
    }
  return {
    ok: true,
    folder: {
      name,
      kind: expected === undefined ? 'label' : 'grouping',
      inputs,
      expect: ({ warnings }) =>
        orNotJudged(
          expected === undefined
            ? expectationOfLabel(label, warnings)
            : expectationOfGrouping(expected, warnings),
        ),
    },
  }
}
