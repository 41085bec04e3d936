import type { Progress } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { blindContext, blindSpells } from './blindness.ts'
import { advance, blindSpellsOf, homeOf, NO_CLOCK, watermarkOf, type Clock } from './watermark.ts'

const MINUTE = 60_000
const T0 = Date.UTC(2026, 10, 21)
const BLIND_AFTER = 6 * MINUTE

interface Told {
  /** Minutes: newest object, its arrival, when the end was asked for. */
  readonly object?: number
  readonly arrived?: number
  readonly asked: number
  readonly caughtUp?: boolean
  readonly gaps?: [number, number][]
}

const at = (minutes: number): number => T0 + minutes * MINUTE

const report = (partitions: readonly Told[]): Progress => ({
  kind: 'progress',
  topic: 'otel-logs',
  partitions: partitions.length,
  writtenAt: at(Math.max(...partitions.map((p) => p.asked))),
  reports: partitions.map(({ object, arrived, asked, caughtUp = true, gaps }, partition) => ({
    partition,
    next: 1,
    caughtUp,
    asOf: at(asked),
    clusters:
      object === undefined
        ? {}
        : {
            c: {
              objectsFrom: T0,
              objectsAt: at(object),
              ...(arrived === undefined ? {} : { objectsArrivedAt: at(arrived) }),
              ...(gaps === undefined
                ? {}
                : { gaps: gaps.map(([from, to]): [number, number] => [at(from), at(to)]) }),
              home: 3,
            },
          },
  })),
})

const after = (...rounds: (readonly Told[])[]): Clock =>
  rounds.reduce((clock, round) => advance(clock, report(round), 2 * MINUTE, BLIND_AFTER), NO_CLOCK)

const spells = (clock: Clock): unknown[] =>
  blindSpellsOf(clock, 'c').map(({ from, openedAt, recovery }) => [
    (from - T0) / MINUTE,
    (openedAt! - T0) / MINUTE,
    recovery === null ? null : (recovery.at - T0) / MINUTE,
  ])

test('a cluster whose objects have stopped is blind, from its newest object on, and nothing of it is decided meanwhile', () => {
  const live = [{ object: 1, arrived: 1, asked: 1 }, { asked: 1 }]
  const quiet = [{ object: 1, arrived: 1, asked: 7 }, { asked: 7 }]
  const silent = [{ object: 1, arrived: 1, asked: 7.1 }, { asked: 7.1 }]
  expect(spells(after(live, quiet))).toEqual([])
  expect(spells(after(live, quiet, silent))).toEqual([[1, 7, null]])
  expect(watermarkOf(after(live, silent), 'c')).toBe(watermarkOf(after(live), 'c'))
})

test('it sees again with the next object, and says when; the next silence is another one', () => {
  const clock = after(
    [{ object: 1, arrived: 1, asked: 1 }],
    [{ object: 1, arrived: 1, asked: 8 }],
    [{ object: 9, arrived: 9, asked: 9, gaps: [[1, 9]] }],
    [{ object: 10, arrived: 10, asked: 30, gaps: [[1, 9]] }],
  )
  expect(spells(clock)).toEqual([
    [1, 7, 9],
    [10, 16, null],
  ])
})

test('a silence that was too short to leave a gap is over when something newer has come', () => {
  const spell = { from: T0, to: T0, openedAt: T0 + 3_000, count: 1, recovery: null }
  const [over] = blindSpells([spell], { gaps: [], since: null, newest: T0 + 9_000 }, 3_000, 'again')
  expect(over?.recovery).toMatchObject({ at: T0 + 9_000, by: 'recovered' })
})

test.each([
  [
    'a partition that is not read to its end may hold what is missed',
    [
      { object: 1, arrived: 1, asked: 9 },
      { asked: 9, caughtUp: false },
    ],
  ],
  [
    'a partition that was asked long ago says nothing of now',
    [{ object: 1, arrived: 1, asked: 9 }, { asked: 2 }],
  ],
  [
    'another partition may have brought it',
    [
      { object: 1, arrived: 1, asked: 9 },
      { object: 8, arrived: 8, asked: 9 },
    ],
  ],
  ['a replay claims no liveness', [{ object: 1, asked: 9 }, { asked: 9 }]],
])('not blind: %s', (_, round) => {
  expect(spells(after(round))).toEqual([])
})

test('what was read late, of a time long ago, is proof of life when it comes', () => {
  expect(spells(after([{ object: -60, arrived: 8, asked: 9 }]))).toEqual([])
})

test('a reader that begins anew has forgotten what came before; the clock has not', () => {
  const clock = after([{ object: 1, arrived: 1, asked: 1 }], [{ asked: 9 }])
  expect(spells(clock)).toEqual([[1, 7, null]])
})

test('who decides for the cluster is told by the readers', () => {
  expect(homeOf(after([{ object: 1, arrived: 1, asked: 1 }]), 'c')).toBe(3)
  expect(homeOf(after([{ asked: 1 }]), 'c')).toBeUndefined()
})

test('its context is one of the cluster, and says what was not seen', () => {
  const rule = { title: 'Cluster {name}: nothing is heard of it', severity: 'P2' as const }
  const cause = { topic: 'signals', partition: 3, offset: 9 }
  const clock = after([{ object: 1, arrived: 1, asked: 1 }], [{ object: 1, arrived: 1, asked: 8 }])
  expect(blindContext('c', blindSpellsOf(clock, 'c'), rule, cause)).toMatchObject({
    key: 'c//Cluster/c/Blind',
    title: 'Cluster c: nothing is heard of it',
    firstSeenAt: at(1),
    reasons: [{ reason: 'NoData', source: 'state' }],
  })
  expect(blindContext('c', [], rule, cause)).toBeUndefined()
})
