import type { Opening, ProblemRule } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EventFact } from './event-fact.ts'
import type { Happening } from './opening.ts'
import { spellsOf } from './spells.ts'
import { timelinesOf, type Telling } from './timeline.ts'

const SECOND = 1_000

const factOf = (uid: string, steps: readonly { n: number; at: number }[]): EventFact => ({
  uid,
  involved: { kind: 'Pod', namespace: 'n', name: `pod-of-${uid}`, uid: `o-${uid}` },
  reason: 'Boom',
  type: 'Warning',
  message: '',
  firstAt: Math.min(...steps.map(({ at }) => at)),
  top: steps.at(-1)!,
  steps,
  combined: false,
  counted: true,
  records: [],
})

/** Counts that rise by some, at times that need not rise: a late record, a clock that was set back. */
const steps = fc
  .array(
    fc.record({ more: fc.integer({ min: 1, max: 4 }), at: fc.nat(60).map((n) => n * 10 * SECOND) }),
    { minLength: 1, maxLength: 12 },
  )
  .chain((list) =>
    fc.constantFrom(
      list,
      list.toSorted((a, b) => a.at - b.at),
    ),
  )
  .map((list) => {
    let n = 0
    return list.map(({ more, at }) => ({ n: (n += more), at }))
  })

const opening: fc.Arbitrary<Opening> = fc.record(
  {
    count: fc.integer({ min: 1, max: 6 }),
    span: fc.constantFrom(0, 30 * SECOND, 120 * SECOND),
    per: fc.constant('object' as const),
    pause: fc.constantFrom(40 * SECOND, 90 * SECOND),
  },
  { requiredKeys: ['count'] },
)

const tellings = fc
  .array(
    fc.record({
      steps,
      opens: fc.option(opening, { nil: undefined }),
      symptom: fc.boolean(),
      ends: fc.constantFrom(Infinity, Infinity, Infinity, 250 * SECOND),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((list) =>
    list.map(({ steps: told, ...rest }, i): Telling => ({ ...rest, fact: factOf(`${i}`, told) })),
  )

test('a timeline in stretches makes the same spells as the whole timeline', () => {
  const rule = (opens: Opening, own: readonly Telling[]): ProblemRule => ({
    problem: 'Boom',
    severity: 'P4',
    title: '{owner}',
    events: own.flatMap(({ opens: other }) =>
      other === undefined ? [] : [{ reason: ['Boom'], opens: other }],
    ),
    states: [],
    absorbs: [],
    opens,
    recovery: 'workload',
    stability: 50 * SECOND,
    ttl: 130 * SECOND,
  })
  const around = fc.record({
    healthy: fc.array(fc.nat(60), { maxLength: 4 }).map((list) =>
      [...new Set(list)]
        .sort((a, b) => a - b)
        .map((from, i, all) => ({
          from: from * 10 * SECOND,
          to: (all[i + 1] ?? Infinity) * 10 * SECOND,
          why: 'well',
        })),
    ),
    gaps: fc.constantFrom<readonly (readonly [number, number])[]>(
      [],
      [[100 * SECOND, 200 * SECOND]],
    ),
    watermark: fc.constantFrom(null, 300 * SECOND, 2_000 * SECOND),
    unwell: fc.boolean(),
  })
  fc.assert(
    fc.property(tellings, opening, around, (told, opens, surroundings) => {
      const of = rule(opens, told)
      const spells = (happenings: readonly Happening[]) =>
        spellsOf(happenings, of, { ...surroundings, deletions: [] })
      expect(spells(timelinesOf(told, of, false))).toEqual(spells(timelinesOf(told, of, true)))
    }),
    { numRuns: 5_000 },
  )
})
