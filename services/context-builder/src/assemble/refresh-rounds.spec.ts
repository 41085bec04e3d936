import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RefreshRounds } from './refresh-rounds.ts'

const EVERY = 10_000
/** Between two reports of progress. */
const LONGEST = 4_000

/** A namespace with so many owners that always wait, told by rounds at these instants; how many were told each time. */
const toldAt = (owners: number, instants: readonly number[]): number[] => {
  const rounds = new RefreshRounds(EVERY, 10)
  return instants.map((at) =>
    rounds.isDue('c/n', at) ? Math.min(owners, rounds.take('c/n', owners, at)) : 0,
  )
}

describe('the counts that wait in a namespace', () => {
  test('of few owners are told together, once in a round', () => {
    expect(toldAt(16, [0, 1_000, 9_999, 10_000, 11_000])).toEqual([16, 0, 0, 16, 0])
  })

  test('of many owners are told in even parts, not all at once', () => {
    const seconds = Array.from({ length: 11 }, (_, s) => s * 1_000)
    expect(toldAt(200, seconds)).toEqual([16, 4, 20, 20, 20, 20, 20, 20, 20, 20, 20])
  })

  test('that a round has not come to are told when the next begins', () => {
    expect(toldAt(200, [0, 5_000, 60_000, 65_000])).toEqual([16, 84, 100, 0])
  })

  test('are told at once where there is to be no waiting, or the clock was set back', () => {
    const rounds = new RefreshRounds(0, 10)
    expect(rounds.take('c/n', 500, 7)).toBe(Infinity)
    expect(toldAt(10, [5_000, 4_000])).toEqual([10, 10])
  })

  test('are told sooner where a round was forgotten, and no more rounds are remembered than may be', () => {
    const rounds = new RefreshRounds(EVERY, 2)
    for (const id of ['a', 'b', 'c']) rounds.take(id, 1, 0)
    expect(['a', 'b', 'c'].map((id) => rounds.isDue(id, 1))).toEqual([true, false, false])
  })

  test('never wait for more than two rounds, each begun by a report of progress; and no time has more than its part', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(fc.integer({ min: 1, max: LONGEST }), { minLength: 30, maxLength: 60 }),
        (owners, steps) => {
          const rounds = new RefreshRounds(EVERY, 1)
          // Those that wait, with the time since when, first those that wait longest; who is told waits anew.
          const waiting = Array.from({ length: owners }, () => 0)
          let at = 0
          for (const step of steps) {
            at += step
            if (!rounds.isDue('n', at)) continue
            const told = waiting.splice(0, rounds.take('n', owners, at))
            // The first of them has waited longest.
            expect(at - (told[0] ?? at)).toBeLessThanOrEqual(2 * (EVERY + LONGEST))
            const part = Math.ceil((owners * step) / EVERY)
            expect(told.length).toBeLessThanOrEqual(16 + part + Math.ceil(owners * 0.4))
            for (const _ of told) waiting.push(at)
          }
          expect(at - waiting[0]!).toBeLessThanOrEqual(2 * (EVERY + LONGEST))
        },
      ),
    )
  })
})
