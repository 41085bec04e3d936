import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timelineOf } from './timeline.ts'

const startAt = Date.UTC(2026, 10, 21, 1, 7, 53)
const endAt = startAt + 618_000
const now = Date.UTC(2027, 0, 1, 12, 0, 0)

describe('timelineOf', () => {
  const timeline = timelineOf({ startAt, endAt, now })

  it('moves by whole minutes', () => {
    expect(timeline.deltaMs % 60_000).toBe(0)
  })

  it('sends what was there before at once, and the first fault within seconds', () => {
    expect(timeline.dueAt(startAt)).toBe(0)
    expect(timeline.dueAt(startAt + 47_000)).toBeLessThan(5_000)
  })

  it('shows ten minutes in less than two, and is live in less than four', () => {
    expect(timeline.dueAt(endAt)).toBeLessThan(120_000)
    expect(timeline.liveAfterMs).toBeLessThan(240_000)
    expect(timeline.liveAfterMs).toBeGreaterThan(timeline.dueAt(endAt))
  })

  it('never shows a moment before it can have happened, and never goes back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_000_000_000_000 }),
        fc.integer({ min: 0, max: 600_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (clock, elapsed, more) => {
          const line = timelineOf({ startAt, endAt, now: clock })
          expect(line.recordedAt(elapsed) + line.deltaMs).toBeLessThanOrEqual(clock + elapsed + 1)
          expect(line.recordedAt(elapsed + more)).toBeGreaterThanOrEqual(line.recordedAt(elapsed))
        },
      ),
    )
  })

  it('is due when its moment is shown', () => {
    for (const elapsed of [0, 1_000, 60_000, timeline.liveAfterMs, timeline.liveAfterMs + 10_000])
      expect(timeline.dueAt(timeline.recordedAt(elapsed))).toBeCloseTo(elapsed, 3)
  })
})
