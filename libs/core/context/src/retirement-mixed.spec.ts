import fc from 'fast-check'
import { expect, test } from 'vitest'
import { happenedOf, mixed, trouble } from './retirement-mixed.spec-helper.ts'
import { AT, MINUTE, readAs, run, type Run } from './retirement.spec-helper.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'

const numbers = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 12 })
const silence = fc
  .tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 6, max: 200 }))
  .map(([from, long]) => [AT + from * MINUTE, AT + (from + long) * MINUTE] as const)
/** By hand, more: KUBESIFT_RUNS=3000. */
const RUNS = Number(process.env['KUBESIFT_RUNS'] ?? 200)

const ALL = 'all its alerts are resolved'
const ONE = 'its alert is resolved'

/**
 * An alert alone is told until its end, beside Events as of its beginning: what was told alone and retired keeps its end. Whether one or
 * all alerts are resolved is said of those that are not retired.
 */
const comparable = ({ said }: Run): unknown =>
  Object.fromEntries(
    [...said].map(([key, context]) => [
      key,
      {
        ...context,
        spells: context.spells.map(({ recovery, ...spell }) => ({
          ...spell,
          recovery: recovery && { ...recovery, why: recovery.why.replace(ALL, ONE) },
        })),
        reasons: context.reasons.map(({ lastAt, ...reason }) => ({
          ...reason,
          lastAt: reason.type === 'Alert' || reason.type === 'Metric' ? null : lastAt,
        })),
      },
    ]),
  )

test('alerts, metrics, states and runs that are retired are told as if they never were', () => {
  let letGo = 0
  fc.assert(
    fc.property(
      fc.array(trouble, { minLength: 1, maxLength: 10 }),
      numbers,
      numbers,
      fc.array(silence, { maxLength: 4 }),
      (troubles, jitter, dice, silences) => {
        const read = readAs(happenedOf(troubles), jitter)
        const never = run(Infinity, read, dice, { by: mixed, silences })
        const retiring = run(RETIRE_AFTER_MS, read, dice, { by: mixed, silences })
        letGo += retiring.letGo
        expect(comparable(retiring)).toEqual(comparable(never))
        expect(retiring.late).toEqual({})
      },
    ),
    { numRuns: RUNS },
  )
  expect(letGo).toBeGreaterThan(RUNS)
}, 600_000)
