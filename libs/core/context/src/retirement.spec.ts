import type { Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NamespaceMachine } from './machine.ts'
import { episode, happenedIn } from './episodes.spec-helper.ts'
import {
  AT,
  classifier,
  HOUR,
  MINUTE,
  node,
  occurred,
  readAs,
  run,
  Run,
  SOURCE,
} from './retirement.spec-helper.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'
import { enter, type TooLateByKind } from './too-late.ts'

const numbers = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 12 })

describe('facts that are settled', () => {
  test('are let go at any time, in any order, with repeats and crashes: what is said is the same', () => {
    let letGo = 0
    fc.assert(
      fc.property(
        fc.array(episode, { minLength: 1, maxLength: 12 }),
        numbers,
        numbers,
        (episodes, jitter, dice) => {
          const read = readAs(happenedIn(episodes), jitter)
          const never = run(Infinity, read, dice)
          const retiring = run(RETIRE_AFTER_MS, read, dice)
          letGo += retiring.letGo
          expect(retiring.late).toEqual({})
          expect(retiring.machine.size.events).toBe(0)
          expect(Object.fromEntries(retiring.said)).toEqual(Object.fromEntries(never.said))
          const inOrder = run(RETIRE_AFTER_MS, readAs(happenedIn(episodes), [0]))
          expect(inOrder.standing()).toEqual(retiring.standing())
        },
      ),
      { numRuns: 300 },
    )
    expect(letGo).toBeGreaterThan(1_000)
  }, 60_000)
})

const one = (n: number, at: number, more: { uid?: string; object?: string } = {}): Signal =>
  occurred(at, {
    reason: 'Pull',
    object: 'Deployment/web',
    uid: 'u',
    n,
    firstAt: AT,
    ...more,
  }).signal(n)

describe('an owner that is settled', () => {
  const settled = (): Run => {
    const result = new Run(RETIRE_AFTER_MS)
    for (const n of [1, 2, 3]) result.apply(one(n, AT + n * MINUTE))
    result.settle(AT, false, false)
    for (const hours of [1, 2, 3, 4, 5]) result.settle(AT + hours * HOUR, false, false)
    return result
  }
  const key = 'c/n/Deployment/web/Pull'

  test('has no fact left, in memory or stored, but its sum', () => {
    const { machine, fields, chunks } = settled()
    expect(machine.size.events).toBe(0)
    expect([...fields.keys()].filter((name) => name.startsWith('e:'))).toEqual([])
    expect([...fields.keys()]).toContain('r:Deployment/web')
    expect(chunks).toEqual([])
    // Nothing but to be folded, when nothing has come for long.
    expect(machine.nextDecisionAt()).toBe(AT + 7 * HOUR)
  })

  test('goes on counting from its sum when there is new trouble', () => {
    const result = settled()
    result.apply(one(1, AT + 9 * HOUR, { uid: 'v' }))
    result.settle(AT + 9 * HOUR, true, false)
    expect(result.said.get(key)).toMatchObject({ counts: [4, 'exact'] })
  })

  test('enters what tells of before as too late, once, also over a crash', () => {
    const result = settled()
    for (const signal of [one(3, AT + 3 * MINUTE), one(7, AT + 2 * MINUTE, { uid: 'w' })]) {
      result.apply(signal)
      result.settle(null, true, false)
    }
    expect(result.late).toEqual({
      Deployment: { records: 2, occurrences: 10, newestAt: AT + 3 * MINUTE },
    })
    expect(result.said.get(key)).toMatchObject({ counts: [3, 'exact'] })
    const reloaded = new NamespaceMachine('c', 'n', classifier, RETIRE_AFTER_MS)
    reloaded.load(result.fields, [{ source: SOURCE, signals: result.chunks }])
    expect(reloaded.size.events).toBe(0)
  })

  test('keeps its facts while it goes on', () => {
    const result = new Run(RETIRE_AFTER_MS)
    result.apply(node(AT, false).signal(1))
    result.apply(
      occurred(AT, {
        reason: 'NotReady',
        object: 'Node/node1',
        uid: 'u',
        n: 1,
        firstAt: AT,
      }).signal(2),
    )
    for (const hours of [1, 10, 100]) result.settle(AT + hours * HOUR, hours === 10, false)
    expect(result.machine.size.events).toBe(1)
  })

  test('lets an object go that is gone for long', () => {
    const result = new Run(RETIRE_AFTER_MS)
    result.apply(node(AT, true).signal(1))
    result.apply(node(AT + 1, true, true).signal(2))
    for (const hours of [1, 2, 5]) result.settle(AT + hours * HOUR, false, false)
    expect(result.machine.size.objects).toBe(0)
    expect([...result.fields.keys()].filter((name) => name.startsWith('o:'))).toEqual([])
  })
})

describe('what is stored of a namespace', () => {
  const bytesAfter = (episodes: number, eventsOfEach: number, afterMs: number): number => {
    const result = new Run(afterMs)
    for (let e = 0; e < episodes; e += 1) {
      const at = AT + e * 12 * HOUR
      for (let u = 0; u < eventsOfEach; u += 1) result.apply(one(1, at + u, { uid: `${e}-${u}` }))
      for (const hours of [0, 1, 4, 5, 6]) result.settle(at + hours * HOUR, false, true)
    }
    return [...result.fields].reduce((sum, [name, { length }]) => sum + name.length + length, 0)
  }

  test('does not grow with the Events ever seen, and with each spell by little', () => {
    const kept = bytesAfter(3, 10, RETIRE_AFTER_MS)
    const more = bytesAfter(3, 500, RETIRE_AFTER_MS)
    const without = bytesAfter(3, 500, Infinity)
    const perSpell = (bytesAfter(23, 10, RETIRE_AFTER_MS) - kept) / 20
    expect(more).toBeLessThan(kept * 1.1)
    expect(without).toBeGreaterThan(more * 50)
    expect(perSpell).toBeLessThan(1_000)
  })
})

describe('the ledger of what came too late', () => {
  test('has some twenty kinds at most, and takes any name', () => {
    let ledger: TooLateByKind = {}
    for (const kind of [
      '__proto__',
      'constructor',
      ...Array.from({ length: 50 }, (_, i) => `K${i}`),
    ])
      ledger = enter(ledger, kind, { occurrences: 2, at: AT })
    expect(Object.keys(ledger)).toHaveLength(21)
    expect(ledger['(others)']).toEqual({ records: 32, occurrences: 64, newestAt: AT })
    expect(Object.getOwnPropertyDescriptor(ledger, '__proto__')?.value).toMatchObject({
      records: 1,
    })
  })
})
