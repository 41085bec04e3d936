import { describe, expect, it } from 'vitest'
import { measureInterleaved, median } from './interleaved.ts'

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
