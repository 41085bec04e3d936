import { describe, expect, it } from 'vitest'
import { measureInterleaved, median, quantile, takeTurns, timesAsFast } from './interleaved.ts'

describe('measuring in turns', () => {
  const plan = { rounds: 3, warmUpRounds: 1, roundCpuMs: 0 }

  it('gives every variant every payload in every round, each first in its turn', async () => {
    const seen: string[] = []
    const variant = (name: string) => ({
      name,
      run: (payload: Uint8Array) => {
        seen.push(`${name}${payload[0] ?? ''}`)
        return 10
      },
    })
    const payloads = [Uint8Array.of(1), Uint8Array.of(2)]
    const measured = await measureInterleaved([variant('a'), variant('b')], payloads, plan)
    expect(seen.join(' ')).toBe('a1 a2 b1 b2 b1 b2 a1 a2 a1 a2 b1 b2 b1 b2 a1 a2')
    expect(measured.map(({ name, rounds }) => [name, rounds.length])).toEqual([
      ['a', 3],
      ['b', 3],
    ])
  })

  it('waits for what takes time', async () => {
    const later = { name: 'later', run: () => Promise.resolve(1) }
    const [measured] = await measureInterleaved([later], [new Uint8Array()], plan)
    expect(measured?.recordsPerCpuSecond).toBeGreaterThan(0)
  })
})

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[], NaN],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })
})

describe('taking turns', () => {
  it('keeps the rates of the measured rounds, and forgets those of the warm-up', async () => {
    let turn = 0
    const measured = await takeTurns([{ name: 'a', take: () => (turn += 1) }], {
      rounds: 3,
      warmUpRounds: 2,
    })
    expect(measured).toEqual([{ name: 'a', recordsPerCpuSecond: 4, rounds: [3, 4, 5] }])
  })

  it('stops before the next turn when it is told to', async () => {
    const stop = new AbortController()
    const take = (): number => {
      stop.abort(new Error('enough'))
      return 1
    }
    const plan = { rounds: 3, warmUpRounds: 0 }
    await expect(takeTurns([{ name: 'a', take }], plan, stop.signal)).rejects.toThrow('enough')
  })
})

describe('times as fast', () => {
  const of = (...rounds: number[]) => ({ name: '', recordsPerCpuSecond: median(rounds), rounds })

  it('compares each round with its own, so that a slow machine in one of them moves nothing', () => {
    expect(timesAsFast(of(200, 20, 202), of(100, 10, 101))).toBe(2)
  })

  it('is 1 for a thing and itself, and unknown without its counterpart', () => {
    expect(timesAsFast(of(3, 1, 2), of(3, 1, 2))).toBe(1)
    expect(timesAsFast(of(1), undefined)).toBeNaN()
  })
})

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)

  it.each([
    [hundred, 0.5, 50],
    [hundred, 0.99, 99],
    [hundred, 1, 100],
    [[7], 0.99, 7],
    [[], 0.5, NaN],
  ])('by nearest rank', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected)
  })
})
