import { describe, expect, test } from 'vitest'
import { logLogSlope } from './scale.ts'

describe('the slope of growth', () => {
  const sizes = [1_000, 10_000, 100_000]
  test('is the power with which the cost grows', () => {
    expect(logLogSlope(sizes.map((n) => [n, 7 * n]))).toBeCloseTo(1)
    expect(logLogSlope(sizes.map((n) => [n, n ** 2 / 3]))).toBeCloseTo(2)
    expect(logLogSlope(sizes.map((n) => [n, 5]))).toBeCloseTo(0)
  })

  test('is more than 1 where each costs more when there are many', () => {
    expect(logLogSlope(sizes.map((n) => [n, n * Math.log2(n)]))).toBeGreaterThan(1.05)
  })
})
