import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  BASELINE,
  breaksOf,
  contractsOfBaseline,
  contractsOfToday,
  EXEMPT,
  missingIn,
} from './baseline.ts'
import { root } from './pages.ts'
import { topics } from './topic-schemas.ts'

const HELP =
  'docs/contracts/README.md#compatibility says what may change, and how the baseline moves'
const before = contractsOfBaseline()
const today = contractsOfToday()

it('breaks no reader of the former version', () => {
  expect(breaksOf(before, today), HELP).toEqual([])
})

it('holds every contract that others build on', () => {
  expect(missingIn(before, today), `npm run baseline. ${HELP}`).toEqual([])
  expect(before.size).toBeGreaterThan(5)
})

it('exempts only topics that there are, with a reason', () => {
  const known = topics.map(({ topic }) => topic)
  expect(Object.keys(EXEMPT).filter((topic) => !known.includes(topic))).toEqual([])
  expect(Object.values(EXEMPT).filter((why) => why.length < 20)).toEqual([])
  for (const topic of Object.keys(EXEMPT))
    expect(existsSync(join(root, BASELINE, `${topic}.v1.schema.json`))).toBe(false)
})

it('notices a contract that was taken away, and one that nothing holds', () => {
  const less = new Map([...today].filter(([file]) => file !== 'incidents.v1.schema.json'))
  expect(breaksOf(today, less)).toEqual(['incidents.v1.schema.json: the contract was removed'])
  expect(missingIn(less, today)).toEqual(['incidents.v1.schema.json'])
})
