import type { Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FORGET_AFTER_MS } from './coldness.ts'
import { episode, happenedIn } from './episodes.spec-helper.ts'
import { AT, HOUR, MINUTE, node, occurred, readAs, run, Run } from './retirement.spec-helper.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'

const numbers = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 12 })

const told = (n: number, at: number, uid = 'u', reason = 'Pull'): Signal =>
  occurred(at, { reason, object: 'Deployment/web', uid, n, firstAt: AT }).signal(n)

const KEY = 'c/n/Deployment/web/Pull'

/** A namespace with one trouble that is over for long, and of which nothing has come since. */
const cold = (): Run => {
  const result = new Run(RETIRE_AFTER_MS)
  for (const n of [1, 2, 3]) result.apply(told(n, AT + n * MINUTE))
  result.settle(AT, false, false)
  for (const hours of [1, 2, 3, 4, 5, 6, 7, 8]) result.settle(AT + hours * HOUR, false, false)
  return result
}

describe('a namespace of which nothing has come for long', () => {
  test('is told to be cold once its facts are retired, with all that is left of it', () => {
    const { folded, fields } = cold()
    expect(folded).toBeGreaterThan(0)
    expect([...fields.keys()].sort()).toEqual(['idle', 'm:Deployment/web', 'r:Deployment/web'])
  })

  test('is never forgotten where it was told of: its incidents are numbered on', () => {
    const result = cold()
    result.settle(AT + 10 * FORGET_AFTER_MS, false, false)
    expect([...result.fields.keys()]).toContain('r:Deployment/web')
    result.apply(told(1, AT + 11 * FORGET_AFTER_MS, 'v'))
    result.settle(AT + 11 * FORGET_AFTER_MS, true, false)
    expect(result.said.get(KEY)).toMatchObject({ counts: [4, 'exact'] })
    expect(result.said.get(KEY)?.spells).toHaveLength(2)
    expect(result.fields.has('idle')).toBe(false)
  })

  test('lets what comes late into the ledger, and counts and opens nothing by it', () => {
    const result = cold()
    const before = result.said.get(KEY)
    for (const signal of [told(3, AT + 3 * MINUTE), told(9, AT + 2 * MINUTE, 'w')]) {
      result.apply(signal)
      result.settle(null, true, false)
    }
    for (const hours of [9, 10, 20, 400]) result.settle(AT + hours * HOUR, hours === 10, false)
    expect(result.late).toMatchObject({ Deployment: { records: 2 } })
    expect(result.said.get(KEY)).toEqual(before)
    expect([...result.fields.keys()]).toContain('late')
  })

  test('is forgotten after a week where nothing was ever wrong in it', () => {
    const result = new Run(RETIRE_AFTER_MS)
    result.apply(node(AT, true).signal(1))
    result.apply(node(AT + 1, true, true).signal(2))
    result.apply(
      occurred(AT, { reason: 'Fine', object: 'Job/x', uid: 'f', n: 1, firstAt: AT }).signal(3),
    )
    for (const hours of [1, 5, 6, 10]) result.settle(AT + hours * HOUR, hours === 10, false)
    expect([...result.fields.keys()].sort()).toEqual(['idle', 'names'])
    result.settle(AT + FORGET_AFTER_MS, false, false)
    expect([...result.fields.keys()]).toContain('names')
    result.settle(AT + 5 * HOUR + FORGET_AFTER_MS, false, false)
    expect([...result.fields.keys()]).toEqual([])
  })

  test('waits anew with each record, whatever comes', () => {
    const result = new Run(RETIRE_AFTER_MS)
    const fine = (at: number): Signal =>
      occurred(at, { reason: 'Fine', object: 'Job/x', uid: 'f', n: 1, firstAt: AT }).signal(3)
    for (let hours = 0; hours < 400; hours += 2) {
      result.apply(fine(AT + hours * HOUR))
      result.settle(AT + hours * HOUR, hours % 8 === 0, true)
    }
    expect(result.folded).toBe(0)
    expect(result.fields.get('names')).toContain('Job/x')
  })
})

describe('folding', () => {
  test('at any time, with late records, repeats and crashes, changes nothing that is told', () => {
    let folded = 0
    fc.assert(
      fc.property(
        fc.array(episode, { minLength: 1, maxLength: 8 }),
        numbers,
        numbers,
        fc.array(fc.nat({ max: 200 }), { maxLength: 6 }),
        (episodes, jitter, dice, again) => {
          const happened = happenedIn(episodes)
          // The Node goes too: what is still there is not cold.
          const gone = node(Math.max(...happened.map(({ at }) => at)) + HOUR, true, true)
          const read = [...readAs(happened, jitter), gone]
          const never = run(Infinity, read, dice)
          const folding = run(RETIRE_AFTER_MS, read, dice)
          expect(Object.fromEntries(folding.said)).toEqual(Object.fromEntries(never.said))
          const before = Object.fromEntries(folding.said)
          const end = Math.max(...read.map(({ at }) => at)) + 240 * HOUR
          // All of it once more, some of it days later: Events only, since an object is not known to be late.
          const events = read.filter(({ signal }) => signal(0).t === 'event')
          for (const [i, at] of again.entries()) {
            const late = events[at % Math.max(1, events.length)]
            if (late === undefined) continue
            folding.apply(late.signal(i))
            folding.settle(i % 2 === 0 ? null : end + i * 5 * HOUR, i % 3 === 0, i % 2 === 1)
          }
          folding.settle(end + 100 * HOUR, false, false)
          folding.settle(end + 200 * HOUR, false, false)
          expect(Object.fromEntries(folding.said)).toEqual(before)
          folded += folding.folded
        },
      ),
      { numRuns: 60 },
    )
    expect(folded).toBeGreaterThan(30)
  }, 60_000)
})
