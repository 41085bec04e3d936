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
  ttl: 200_000,
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

test('an owner that was well when its time to live had passed did not go on until it was deleted', () => {
  const silent = { healthy: [{ from: 0, to: 900_000, why: 'well' }], deletions: [900_000] }
  const restless = { ...rule, recovery: 'none' as const }
  const ends = (watermark: number, around: Partial<Surroundings>): unknown[] => {
    const all = { healthy: [], deletions: [], unwell: false, gaps: [], watermark, ...around }
    return spellsOf([{ at: 5_000, add: 1, weight: 1 }], restless, all).spells.map(
      ({ recovery }) => [recovery?.at, recovery?.by],
    )
  }
  // Asked at once, and asked when it is all over.
  expect(ends(300_000, { ...silent, deletions: [] })).toEqual([[205_000, 'ttl']])
  expect(ends(950_000, silent)).toEqual([[205_000, 'ttl']])
  // Unwell until its end, or not known to have been well.
  expect(ends(950_000, { deletions: [900_000] })).toEqual([[900_000, 'owner_deleted']])
})

test('what silence has ended does not go on when its owner is unwell again', () => {
  const unwell = { unwell: true, watermark: 900_000 }
  const recoveryOf = (healthy: Surroundings['healthy']): unknown =>
    spellsOf(
      [{ at: 5_000, add: 1, weight: 1 }],
      { ...rule, recovery: 'none' },
      {
        healthy,
        deletions: [],
        gaps: [],
        ...unwell,
      },
    ).spells[0]?.recovery?.at
  expect(recoveryOf([{ from: 0, to: 800_000, why: 'well' }])).toBe(205_000)
  expect(recoveryOf([{ from: 300_000, to: 800_000, why: 'well' }])).toBe(205_000)
  expect(recoveryOf([{ from: 0, to: 200_000, why: 'well' }])).toBeUndefined()
})

const instant = fc.nat(40).map((n) => n * 20_000)
const times = fc.oneof(fc.constant([]), fc.array(instant, { maxLength: 8 }))
const intervals = times.map((list) => {
  const sorted = [...new Set(list)].sort((a, b) => a - b)
  return sorted.flatMap((from, i) => (i % 2 === 0 ? [{ from, to: sorted[i + 1] ?? Infinity }] : []))
})

test('until the watermark that is asked for nothing is decided otherwise', () => {
  const surroundings = fc.record({
    healthy: intervals.map((list) => list.map((interval) => ({ ...interval, why: 'well' }))),
    deletions: times,
    unwell: fc.boolean(),
  })
  // A silence is known once something after it has come, and counts once its beginning is certain.
  const silences = intervals.map((list) => list.map(({ from, to }) => [from, to] as const))
  fc.assert(
    fc.property(
      times,
      surroundings,
      silences,
      fc.nat(60),
      fc.nat(60),
      (at, around, all, first, more) => {
        const decidedAt = (n: number): Spells => {
          const watermark = n * 20_000
          const gaps = all.filter(([from, to]) => from < watermark && to !== Infinity)
          return decided(at, { ...around, gaps, watermark })
        }
        const now = decidedAt(first)
        if (now.nextDecisionAt !== null && (first + more) * 20_000 >= now.nextDecisionAt) return
        expect(decidedAt(first + more).spells).toEqual(now.spells)
      },
    ),
    { numRuns: 3000 },
  )
})

test('a silence after the time to live has passed does not prolong it', () => {
  const ended = (gaps: [number, number][]) =>
    decided([0], { gaps, watermark: 10 * rule.ttl }).spells[0]?.recovery?.at
  const { ttl } = rule
  expect(ended([])).toBe(ttl)
  expect(ended([[ttl, 2 * ttl]])).toBe(ttl)
  expect(ended([[ttl - 1, 2 * ttl]])).toBe(3 * ttl)
  expect(
    ended([
      [4 * ttl, 5 * ttl],
      [ttl - 1, 2 * ttl],
    ]),
  ).toBe(3 * ttl)
})
