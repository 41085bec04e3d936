import fc from 'fast-check'
import { expect, it } from 'vitest'
import { afterAttempt, RETRY } from './retry.ts'

const again = { outcome: 'again', why: 'HTTP 503' } as const

it('doubles the wait up to its limit, in the upper half of it', () => {
  const waits = [1, 2, 3, 4, 20].map((n) => afterAttempt(again, n, RETRY, 0.9999))
  expect(waits.map((w) => ('inMs' in w ? w.inMs : 0))).toEqual([1000, 2000, 4000, 8000, 299_985])
  expect(afterAttempt(again, 1, RETRY, 0)).toMatchObject({ inMs: 500 })
})

it('waits as long as it is asked to, within an hour', () => {
  expect(afterAttempt({ ...again, afterMs: 60_000 }, 1, RETRY, 0)).toMatchObject({ inMs: 60_000 })
  expect(afterAttempt({ ...again, afterMs: 1e12 }, 1, RETRY, 0)).toMatchObject({ inMs: 3_600_000 })
  expect(afterAttempt({ ...again, afterMs: 1 }, 3, RETRY, 0)).toMatchObject({ inMs: 2000 })
})

it('ends: delivered, refused for good, or given up', () => {
  expect(afterAttempt({ outcome: 'delivered' }, 1, RETRY, 0)).toEqual({ status: 'delivered' })
  const refused = afterAttempt({ outcome: 'refused', why: 'HTTP 410' }, 1, RETRY, 0)
  expect(refused).toEqual({ status: 'failed', error: 'HTTP 410' })
  const last = afterAttempt(again, RETRY.attempts, RETRY, 0)
  expect(last).toEqual({ status: 'gave_up', error: 'HTTP 503' })
})

it('never waits less than nothing nor more than it should', () => {
  const attempts = fc.integer({ min: 1, max: RETRY.attempts - 1 })
  fc.assert(
    fc.property(attempts, fc.double({ min: 0, max: 1, noNaN: true }), (n, random) => {
      const next = afterAttempt(again, n, RETRY, random)
      expect(next.status).toBe('waiting')
      expect('inMs' in next && next.inMs >= 500 && next.inMs <= RETRY.maxMs).toBe(true)
    }),
  )
})
