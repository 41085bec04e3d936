import type { Progress } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { advance, gapsOf, NO_CLOCK, watermarkOf, type Clock } from './watermark.ts'

const MINUTE = 60_000

interface Part {
  at?: number
  caughtUp?: boolean
  gaps?: [number, number][]
}

/** One round of reports of a topic with as many partitions as are given; `null` stays silent. */
const round = (writtenAt: number, parts: (Part | null)[]): Progress => ({
  kind: 'progress',
  topic: 'otel-logs',
  partitions: parts.length,
  writtenAt,
  reports: parts.flatMap((part, partition) =>
    part === null
      ? []
      : [
          {
            partition,
            next: 0,
            caughtUp: part.caughtUp ?? false,
            asOf: writtenAt,
            clusters:
              part.at === undefined
                ? {}
                : {
                    c: {
                      objectsAt: part.at,
                      ...(part.gaps === undefined ? {} : { gaps: part.gaps }),
                    },
                  },
          },
        ],
  ),
})

const after = (...rounds: Progress[]): Clock =>
  rounds.reduce((clock, r) => advance(clock, r, 100), NO_CLOCK)
const mark = (...rounds: Progress[]): number | null => watermarkOf(after(...rounds), 'c')

test('a partition that is behind holds the watermark at its own newest time', () => {
  expect(mark(round(1, [{ at: 5_000 }, { at: 9_000 }]))).toBe(4_900)
})

test('a partition that is read to its end holds nobody back', () => {
  expect(mark(round(1, [{ at: 5_000, caughtUp: true }, { at: 9_000 }]))).toBe(8_900)
})

test('a partition that has not spoken, or is behind and has said nothing of the cluster, holds everybody back', () => {
  expect(mark(round(1, [null, { at: 9_000 }]))).toBeNull()
  expect(mark(round(1, [{}, { at: 9_000 }]))).toBeNull()
  expect(mark(round(1, [{ caughtUp: true }, { at: 9_000 }]))).toBe(8_900)
})

test('a partition vouches only for what was reported before its end was asked for', () => {
  const stale = round(1, [{ caughtUp: true }, null])
  const ahead = { ...round(50, [null, { at: 9_000, caughtUp: true }]) }
  // Partition 0 was empty at 1; the other one then read an hour of backlog: 0 may have got its share of it meanwhile.
  expect(mark(stale, ahead)).toBeNull()
  expect(mark(stale, ahead, round(60, [{ caughtUp: true }, null]))).toBe(8_900)
})

test('it never goes back, and an older report changes nothing', () => {
  const far = round(5, [{ at: 9_000, caughtUp: true }])
  expect(mark(far, round(6, [{ at: 4_000 }]))).toBe(8_900)
  expect(after(far, round(4, [{ at: 20_000 }]))).toEqual(after(far))
})

test('a silence is a gap only where every partition that carries the cluster was silent', () => {
  const clock = after(
    round(1, [
      { at: 60 * MINUTE, gaps: [[10 * MINUTE, 30 * MINUTE]] },
      { at: 61 * MINUTE, gaps: [[20 * MINUTE, 40 * MINUTE]] },
      { caughtUp: true },
    ]),
  )
  expect(gapsOf(clock, 'c')).toEqual([[20 * MINUTE, 30 * MINUTE]])
})

test('objects that go to the partitions in turn are no silence, however long each waits for its next', () => {
  const gapsOfTurn = (turn: number): [number, number][] =>
    [0, 1, 2].map(
      (round) =>
        [3 * round + turn, 3 * (round + 1) + turn].map((n) => n * 5 * MINUTE) as [number, number],
    )
  const turns = [0, 1, 2].map((turn) => ({ at: (9 + turn) * 5 * MINUTE, gaps: gapsOfTurn(turn) }))
  expect(gapsOf(after(round(1, turns)), 'c')).toEqual([])
})

test('a cluster named like what every object has is a cluster like any other', () => {
  const { partition, next, caughtUp, asOf } = round(1, [{ caughtUp: true }]).reports[0]!
  const clusters = { constructor: { objectsAt: 9_000 } }
  const progress = { ...round(1, [{}]), reports: [{ partition, next, caughtUp, asOf, clusters }] }
  expect(watermarkOf(NO_CLOCK, 'constructor')).toBeNull()
  expect(watermarkOf(after(progress), 'constructor')).toBe(8_900)
})

const told = (writtenAt: number, clusters: Progress['reports'][number]['clusters']): Progress => {
  const progress = round(writtenAt, [{}])
  return { ...progress, reports: progress.reports.map((r) => ({ ...r, clusters })) }
}

test('a gap outlives the reader that saw it', () => {
  const gaps: [number, number][] = [[0, 60 * MINUTE]]
  const saw = told(1, { c: { objectsFrom: 0, objectsAt: 61 * MINUTE, gaps } })
  const next = told(2, { c: { objectsFrom: 62 * MINUTE, objectsAt: 63 * MINUTE } })
  expect(gapsOf(after(saw, told(2, {})), 'c')).toEqual(gaps)
  expect(gapsOf(after(saw, next), 'c')).toEqual(gaps)
})

test('a silence that a restart of the reader falls into is a gap like any other, and is told once', () => {
  const before = told(1, { c: { objectsFrom: 0, objectsAt: 5 * MINUTE } })
  const first = told(3, { c: { objectsFrom: 90 * MINUTE, objectsAt: 91 * MINUTE } })
  const later = told(4, { c: { objectsFrom: 90 * MINUTE, objectsAt: 95 * MINUTE } })
  const clock = after(before, told(2, {}), first, later)
  expect(gapsOf(clock, 'c')).toEqual([[5 * MINUTE, 90 * MINUTE]])
})

test('a reader that begins where another ended tells of no gap', () => {
  const before = told(1, { c: { objectsFrom: 0, objectsAt: 5 * MINUTE } })
  const next = told(2, { c: { objectsFrom: 6 * MINUTE, objectsAt: 50 * MINUTE } })
  const replayed = told(3, { c: { objectsFrom: 0, objectsAt: 60 * MINUTE } })
  expect(gapsOf(after(before, next, replayed), 'c')).toEqual([])
})

test('a partition whose reader has set its clock back by a day does not vouch for that day', () => {
  const ahead = round(86_400_000, [{ caughtUp: true }, null])
  const setRight = round(1_000, [{ at: 5_000 }, null])
  const other = round(2_000, [null, { at: 9_000, caughtUp: true }])
  expect(mark(ahead, setRight, other)).toBe(4_900)
})
