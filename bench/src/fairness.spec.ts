import { describe, expect, test } from 'vitest'
import { sideOf, sidesOf, timesAsLong, type FairTurn } from './fair-turns.ts'
import { measureHolding } from './holding.ts'
import { fairnessReport, holdingReport } from './report.ts'

const turn = (side: FairTurn['side'], given: Partial<FairTurn> = {}): FairTurn => ({
  side,
  probes: 2,
  missing: 0,
  context: [10, 20],
  besideHeavy: [],
  committed: [100, 200],
  records: 1_000,
  seconds: 10,
  cpuMs: { normalise: 1_000, assemble: 500 },
  left: { normalise: 0, assemble: 0 },
  ...given,
})

describe('the turns of fairness', () => {
  test('take each side as often, and change who is first', () => {
    expect(sidesOf(3).join(' ')).toBe('alone beside beside alone alone beside')
    const place = (side: string): number =>
      sidesOf(2).reduce((sum, s, i) => (s === side ? sum + i : sum), 0)
    expect(place('alone')).toBe(place('beside'))
  })

  test('of one side are one: times together, rates and cores over the time of all', () => {
    const turns = [
      turn('beside', { context: [30], seconds: 30, left: { normalise: 7, assemble: 1 } }),
      turn('alone', { context: [1] }),
      turn('beside', { context: [50, 40], missing: 1, left: { normalise: 0, assemble: 3 } }),
    ]
    const beside = sideOf(turns, 'beside')
    expect(beside.context).toEqual({ p50: 40, p99: 50, max: 50 })
    expect(beside).toMatchObject({
      probes: 4,
      missing: 1,
      recordsPerSecond: 50,
      cores: { normalise: 0.05, assemble: 0.025 },
      left: { normalise: 7, assemble: 3 },
    })
  })

  test('say how many times as long the others wait', () => {
    const turns = [turn('alone'), turn('beside', { context: [15, 60], committed: [100, 100] })]
    const result = { alone: sideOf(turns, 'alone'), beside: sideOf(turns, 'beside') }
    expect(timesAsLong(result, 'context', 'p99')).toBe(3)
    expect(timesAsLong(result, 'context', 'p50')).toBe(1.5)
    expect(timesAsLong(result, 'committed', 'p99')).toBe(0.5)
    const report = fairnessReport([{ ...result, recordsPerSecond: 5_000, heavyShare: 0.9 }])
    expect(report).toContain('5,000 records/s, 90 % of them of one namespace')
    expect(report).toContain('times as long: context p50 1.50, p99 3.00; row p50 1.00, p99 0.50')
  })
})

describe('how long one namespace holds assemble', () => {
  test('is measured of a namespace in which every owner has opened', () => {
    const [found] = measureHolding({ owners: [20], recordsPerSecond: 400, seconds: 30 })
    expect(found?.owners).toBe(20)
    expect(found?.openMs).toBeGreaterThan(0)
    expect(found?.allMs).toBeGreaterThan(0)
    expect(found?.partMs).toBeGreaterThan(0)
    expect(holdingReport([found!])).toContain('counts in parts')
  })
})
