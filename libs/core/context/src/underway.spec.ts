import { describe, expect, test } from 'vitest'
import { AT, MINUTE, node, occurred, type Happened } from './retirement.spec-helper.ts'
import { atOnce, Reader } from './seeding.spec-helper.ts'
import { seedsOf, type Horizon } from './seeding.ts'

describe('what was open when the state was lost', () => {
  const at = (minutes: number): number => AT + minutes * MINUTE
  const pull = (uid: string, n: number, minutes: number): Happened =>
    occurred(at(minutes), {
      reason: 'Pull',
      object: 'Pod/web-5d4f8c9b7d-x2x4z',
      uid,
      n,
      firstAt: at(minutes),
    })
  const down = (minutes: number): Happened => node(at(minutes), false)
  /** All that was told, and none of its records. */
  const alone = (...happened: readonly Happened[]): Reader => {
    const all = new Reader(atOnce)
    for (const [offset, signal] of happened.entries())
      all.read({ offset, signal, watermark: signal.at })
    const horizon: Horizon = {
      rules: atOnce.rules,
      at: at(20),
      through: at(18),
      from: 100,
      until: 100,
    }
    const again = new Reader(atOnce)
    again.machine.load(seedsOf([...all.told.values()], horizon))
    return again
  }
  const key = 'c/n/Deployment/web/Pull'

  test('goes on: its beginning and its count are kept, and it ends by silence as it would have', () => {
    const again = alone(pull('a', 4, 0), pull('b', 2, 10))
    again.read({ offset: 100, signal: pull('c', 3, 22), watermark: at(21) })
    expect(again.told.get(key)).toMatchObject({
      occurrenceCount: 9,
      firstSeenAt: at(0),
      spells: [{ from: at(0), openedAt: at(0), to: at(22), count: 9, recovery: null }],
    })
    again.read({ offset: 101, signal: undefined, watermark: at(53) })
    expect(again.told.get(key)?.spells).toMatchObject([
      { from: at(0), count: 9, recovery: { by: 'ttl', at: at(52) } },
    ])
    again.read({ offset: 102, signal: pull('d', 1, 90), watermark: at(90) })
    expect(again.told.get(key)).toMatchObject({
      occurrenceCount: 10,
      spells: [
        { from: at(0), count: 9 },
        { from: at(90), count: 1, recovery: null },
      ],
    })
  })

  test('ends by silence though nothing is heard of its owner any more', () => {
    const again = alone(pull('a', 4, 0), pull('b', 2, 10))
    again.read({ offset: 100, signal: undefined, watermark: at(41) })
    expect(again.told.get(key)).toMatchObject({
      occurrenceCount: 6,
      spells: [{ count: 6, recovery: { by: 'ttl', at: at(40) } }],
    })
  })

  test('is not ended by silence where its objects kept it open, until they are heard of again', () => {
    const again = alone(down(0))
    const ofNode = 'c/n/Node/node1/NotReady'
    again.read({ offset: 100, signal: undefined, watermark: at(10 * 60) })
    expect(again.told.get(ofNode)?.spells).toMatchObject([{ from: at(0), recovery: null }])
    again.read({ offset: 101, signal: node(at(601), true), watermark: at(610) })
    expect(again.told.get(ofNode)).toMatchObject({
      occurrenceCount: 1,
      spells: [{ from: at(0), count: 1, recovery: { by: 'recovered', at: at(601) } }],
    })
  })

  test('counts nothing that was told before', () => {
    const again = alone(pull('a', 4, 0), pull('b', 2, 10))
    again.read({ offset: 100, signal: pull('a', 4, 0), watermark: at(21) })
    expect(again.told.get(key)?.occurrenceCount).toBe(6)
  })

  test('counts no state once more of an object that is told again', () => {
    const again = alone(down(0))
    again.read({ offset: 100, signal: down(0), watermark: at(30) })
    expect(again.told.get('c/n/Node/node1/NotReady')).toMatchObject({
      occurrenceCount: 1,
      spells: [{ from: at(0), count: 1, recovery: null }],
    })
  })
})
