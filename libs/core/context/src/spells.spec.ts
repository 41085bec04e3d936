import type { ProblemRule } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spellsOf, type Spells, type Surroundings } from './spells.ts'

const rule: ProblemRule = {
  problem: 'Boom',
  severity: 'P4',
  title: '{owner}',
  events: [],
  states: [],
  absorbs: [],
  opens: { count: 1 },
  recovery: 'workload',
  stability: 60_000,
  ttl: 3_600_000,
}

const decided = (times: readonly number[], around: Partial<Surroundings>): Spells =>
  spellsOf(
    times.map((at) => ({ at, add: 1, weight: 1 })),
    rule,
    { healthy: [], deletions: [], unwell: false, gaps: [], watermark: null, ...around },
  )

test('a recovery is asked about when its window has passed, though the owner is deleted later', () => {
  const around = { healthy: [{ from: 10_000, to: 500_000, why: 'well' }], deletions: [500_000] }
  const before = decided([5_000], { ...around, watermark: 20_000 })
  expect(before).toMatchObject({ spells: [{ recovery: null }], nextDecisionAt: 70_000 })
  const after = decided([5_000], { ...around, watermark: 70_000 })
  expect(after.spells).toMatchObject([{ recovery: { at: 10_000, by: 'recovered' } }])
})

test('until the watermark that is asked for nothing is decided otherwise', () => {
  const times = (max: number) =>
    fc.array(
      fc.nat(max).map((n) => n * 20_000),
      { maxLength: 8 },
    )
  const intervals = times(40).map((list) => {
    const sorted = [...new Set(list)].sort((a, b) => a - b)
    return sorted.flatMap((from, i) =>
      i % 2 === 0 ? [{ from, to: sorted[i + 1] ?? Infinity, why: 'well' }] : [],
    )
  })
  fc.assert(
    fc.property(
      times(40),
      intervals,
      times(40),
      fc.boolean(),
      fc.nat(60),
      fc.nat(60),
      (at, healthy, deletions, unwell, w, more) => {
        const around = { healthy, deletions, unwell }
        const now = decided(at, { ...around, watermark: w * 20_000 })
        const then = (w + more) * 20_000
        if (now.nextDecisionAt !== null && then >= now.nextDecisionAt) return
        expect(decided(at, { ...around, watermark: then }).spells).toEqual(now.spells)
      },
    ),
    { numRuns: 3000 },
  )
})
