import { incidentAnalyses, type Incident } from '@kubesift/contracts'
import { expect, it } from 'vitest'
import { newAnalysisOf } from './new-analysis.ts'
import { contextOf } from './test-kit/build-context.ts'
import { BACKOFF, rollout } from './test-kit/rows.ts'
import { shipped } from './test-kit/shipped.ts'

type Given = Parameters<typeof newAnalysisOf>[0]

const crash = contextOf({ events: [BACKOFF], terminations: [['Error', 1]] })
const incident = (changes: Partial<Incident> = {}): Given => ({
  id: 'i',
  key: crash.key,
  context: crash,
  analysis: null,
  status: 'open',
  ...changes,
})

/** What the store does with an analysis: it stands beside the incident. */
const stored = (given: Given): Given => ({ ...given, analysis: newAnalysisOf(given, shipped)! })

it('analyses what has no analysis, as the contract wants it', () => {
  const analysis = newAnalysisOf(incident(), shipped)
  expect(incidentAnalyses.schema.parse(analysis)).toEqual(analysis)
  expect(analysis).toMatchObject({
    by: 'known',
    rule: 'crash-own-error',
    contextVersion: crash.version,
  })
})

it('is silent when its own analysis comes back with the incident', () => {
  expect(newAnalysisOf(stored(incident()), shipped)).toBeUndefined()
})

it('is silent when a newer context says the same', () => {
  const newer = { ...crash, version: { epoch: 0, offset: 99 }, occurrenceCount: 500 }
  expect(newAnalysisOf({ ...stored(incident()), context: newer }, shipped)).toBeUndefined()
})

it('speaks again when a newer context says something else', () => {
  const newer = contextOf({ events: [BACKOFF], terminations: [['Error', 1]], change: rollout })
  const context = { ...newer, version: { epoch: 0, offset: 99 } }
  const again = newAnalysisOf({ ...stored(incident()), context }, shipped)
  expect(again).toMatchObject({ rule: 'crash-after-rollout', contextVersion: context.version })
})

it('speaks again when other rules say something else, and only then', () => {
  const before = stored(incident())
  expect(newAnalysisOf(before, { ...shipped, hash: 'other' })).toBeUndefined()
  const knowns = shipped.knowns.filter((k) => k.name !== 'crash-own-error')
  expect(newAnalysisOf(before, { knowns, hash: 'other' })).toMatchObject({ rule: 'crash-unclear' })
})

it('leaves alone what another analyst said of the same context', () => {
  const analysis = { ...stored(incident()).analysis!, by: 'llm' as const, hypothesis: 'other' }
  expect(newAnalysisOf(incident({ analysis }), shipped)).toBeUndefined()
})

it('looks at what has resolved until it is closed, and never at what was merged', () => {
  const newer = contextOf({ events: [BACKOFF], terminations: [['Error', 1]], change: rollout })
  const context = { ...newer, version: { epoch: 0, offset: 99 } }
  const at = (status: Given['status']) =>
    newAnalysisOf({ ...stored(incident()), context, status }, shipped)
  expect(at('resolved')).toMatchObject({ rule: 'crash-after-rollout' })
  expect(at('closed')).toBeUndefined()
  expect(newAnalysisOf(incident({ status: 'merged' }), shipped)).toBeUndefined()
})
