import type { Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import { describe, expect, test } from 'vitest'
import { AT, classifier, HOUR, MINUTE, Run, SOURCE } from './retirement.spec-helper.ts'
import { NamespaceMachine } from './machine.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'

const KEY = 'c/n/Deployment/web/Pull'
const time = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** As client-go names it: the object, and the instant of the first occurrence in nanoseconds. */
const named = (at: number): string => `web.${(BigInt(at) * 1_000_000n + 421n).toString(16)}`

interface Told {
  readonly uid: string
  readonly count?: number
  readonly at: number
  readonly name?: string
  readonly firstAt?: number
}

/** An Event as the API server has it; made anew after its expiry it has another UID, and all else from before. */
const stored = ({ uid, count, at, firstAt = AT, name = named(AT) }: Told): Signal => {
  const read = fromKube(
    {
      kind: 'Event',
      metadata: { uid, name, namespace: 'n', creationTimestamp: time(at) },
      involvedObject: { kind: 'Deployment', namespace: 'n', name: 'web', uid: 'web-uid' },
      reason: 'Pull',
      type: 'Warning',
      message: 'no such image',
      count,
      firstTimestamp: time(firstAt),
      lastTimestamp: time(at),
    },
    { offset: at - AT },
  )
  if (!read.ok || !('signal' in read)) throw new Error('not readable')
  return read.signal
}

const toldOf = (signals: readonly Signal[]) => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  for (const signal of signals) machine.apply(signal, SOURCE)
  const [context] = machine.all(null, []).contexts
  return { count: context?.occurrenceCount, uids: context?.reasons[0]?.uids }
}

describe('an Event that expired and was made anew, under a UID of its own,', () => {
  const before = [1, 2, 3].map((count) => stored({ uid: 'a', count, at: AT + count * MINUTE }))
  const after = [4, 5].map((count) => stored({ uid: 'b', count, at: AT + 2 * HOUR + count }))

  test('goes on counting where it was, in any order', () => {
    const all = [...before, ...after]
    for (const signals of [all, all.toReversed(), [...after, ...all, ...before]])
      expect(toldOf(signals)).toEqual({ count: 5, uids: 2 })
  })

  test("is counted by its series alone: by the recorder's name for it", () => {
    const told = (name: string) => [
      stored({ uid: 'a', count: 3, at: AT + MINUTE, name }),
      stored({ uid: 'b', count: 4, at: AT + 2 * HOUR, name }),
    ]
    const random = '0b54a4b2-7c52-4a5f-9d6a-2f6d8c5b1e10'
    // A name that its writer makes of a hash, of another object or of nothing may be given to one that counts from 1.
    for (const name of ['', 'web', 'web.5f7a9c31', 'web.a79798ffe362a000', 'api.17979cfe362a0000'])
      expect(toldOf(told(name))).toEqual({ count: 7, uids: 2 })
    for (const name of [random, 'web.17979cfe362a0000'])
      expect(toldOf(told(name))).toEqual({ count: 4, uids: 2 })
  })

  test('adds nothing where it counts less than was counted: it is a copy', () => {
    const copy = stored({ uid: 'c', count: 2, at: AT + 3 * HOUR })
    for (const signals of [
      [...before, copy],
      [copy, ...before],
    ])
      expect(toldOf(signals)).toMatchObject({ count: 3 })
  })

  test('is one occurrence at least where its source does not tell the count', () => {
    const dropped = ['a', 'b', 'c'].map((uid, i): Signal => {
      const signal = stored({ uid, at: AT + 2 * i * HOUR })
      if (signal.t !== 'event') throw new Error('no Event')
      return { ...signal, event: { ...signal.event, seriesDropped: true } }
    })
    expect(toldOf(dropped)).toEqual({ count: 3, uids: 3 })
    const known = stored({ uid: 'c', count: 40, at: AT + 4 * HOUR })
    expect(toldOf([...dropped, known])).toMatchObject({ count: 40 })
  })

  test('is found in what a version stored that knew of no series, once it is told whole', () => {
    const older = before.map((signal): Signal => {
      if (signal.t !== 'event') return signal
      const { series: _, ...event } = signal.event
      return { ...signal, event }
    })
    expect(toldOf([...older, ...after])).toMatchObject({ count: 8 })
    expect(toldOf([...older, ...before, ...after])).toMatchObject({ count: 5 })
  })

  test('counts on over days from what is retired, with its expiry each time, and after a crash', () => {
    const run = new Run(RETIRE_AFTER_MS)
    for (let day = 0; day < 10; day += 1) {
      const at = AT + day * 24 * HOUR
      run.apply(stored({ uid: `day-${day}`, count: day + 1, at }))
      run.settle(at, day % 3 === 2, false)
      for (const hours of [3, 6, 9, 12]) run.settle(at + hours * HOUR, day % 2 === 0, false)
      expect(run.machine.size.events).toBe(0)
      expect(run.said.get(KEY)).toMatchObject({ counts: [day + 1, 'exact'] })
      expect(run.said.get(KEY)?.spells.map(({ count }) => count)).toEqual(Array(day + 1).fill(1))
    }
  })

  test('counts on from what is retired also under the UID that it had', () => {
    const run = new Run(RETIRE_AFTER_MS)
    run.apply(stored({ uid: 'a', count: 3, at: AT }))
    for (const hours of [0, 3, 6, 9]) run.settle(AT + hours * HOUR, false, false)
    run.apply(stored({ uid: 'a', count: 5, at: AT + 12 * HOUR }))
    run.settle(AT + 12 * HOUR, true, false)
    expect(run.said.get(KEY)).toMatchObject({ counts: [5, 'exact'] })
    expect(run.said.get(KEY)?.spells).toHaveLength(2)
  })
})

test('of an owner that is retired the newest series are remembered, so many and no more', () => {
  const run = new Run(RETIRE_AFTER_MS)
  for (let i = 0; i < 200; i += 1)
    run.apply(stored({ uid: `u${i}`, count: 1, at: AT + i, name: named(AT + i) }))
  for (const hours of [0, 3, 6, 9]) run.settle(AT + hours * HOUR, false, false)
  const { series } = JSON.parse(run.fields.get('r:Deployment/web')!) as { series: object }
  expect(Object.keys(series)).toHaveLength(64)
  expect(series).toHaveProperty([named(AT + 199)], { n: 1, at: AT + 199 })
})
