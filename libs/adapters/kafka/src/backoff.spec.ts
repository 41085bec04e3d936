import fc from 'fast-check'
import { expect, test } from 'vitest'
import { waitBefore } from './backoff.ts'

test('waits grow, never exceed the cap, and keep at least half of themselves under jitter', () => {
  const backoff = { firstMs: 200, capMs: 10_000 }
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, jitter) => {
        const full = waitBefore(backoff, n, 0)
        expect(waitBefore(backoff, n + 1, 0)).toBeGreaterThanOrEqual(full)
        expect(full).toBeLessThanOrEqual(10_000)
        expect(waitBefore(backoff, n, jitter)).toBeGreaterThan(full / 2)
      },
    ),
  )
  expect([1, 2, 3].map((n) => waitBefore(backoff, n, 0))).toEqual([200, 400, 800])
})
