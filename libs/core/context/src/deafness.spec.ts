import type { Progress, Signal } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import { deafContext } from './blindness.ts'
import { isCanary } from './canary.ts'
import { spellsOf } from './spells.ts'
import {
  advance,
  blindSpellsOf,
  deafSpellsOf,
  gapsOf,
  NO_CLOCK,
  watermarkOf,
  type Clock,
} from './watermark.ts'

const MINUTE = 60_000
const T0 = Date.UTC(2026, 10, 21)
const at = (minutes: number): number => T0 + minutes * MINUTE

/** Minutes of event time. */
interface Told {
  readonly object: number
  readonly canary?: number
  readonly gaps?: [number, number][]
  readonly canaryGaps?: [number, number][]
}

const times = (gaps: readonly [number, number][]): [number, number][] =>
  gaps.map(([from, to]) => [at(from), at(to)])

const report = ({ object, canary, gaps, canaryGaps }: Told, turn: number): Progress => ({
  kind: 'progress',
  topic: 'otel-logs',
  partitions: 1,
  writtenAt: at(object) + turn,
  reports: [
    {
      partition: 0,
      next: 1,
      caughtUp: true,
      asOf: at(object) + turn,
      clusters: {
        c: {
          objectsFrom: T0,
          objectsAt: at(object),
          objectsArrivedAt: at(object),
          ...(canary === undefined ? {} : { canaryFrom: T0, canaryAt: at(canary) }),
          ...(gaps === undefined ? {} : { gaps: times(gaps) }),
          ...(canaryGaps === undefined ? {} : { canaryGaps: times(canaryGaps) }),
          home: 0,
        },
      },
    },
  ],
})

const after = (...rounds: readonly Told[]): Clock =>
  rounds.reduce(
    (clock, round, i) => advance(clock, report(round, i), 2 * MINUTE, 6 * MINUTE),
    NO_CLOCK,
  )

const deaf = (clock: Clock): unknown[] =>
  deafSpellsOf(clock, 'c').map(({ from, recovery }) => [
    (from - T0) / MINUTE,
    recovery === null ? null : (recovery.at - T0) / MINUTE,
  ])

describe('the Event stream', () => {
  test('is unproven without a canary, however long nothing comes of it', () => {
    const clock = after({ object: 1 }, { object: 300 })
    expect(deaf(clock)).toEqual([])
    expect(gapsOf(clock, 'c')).toEqual([])
  })

  test('is not heard when the watermark has gone six minutes past the canary, and heard again with it', () => {
    const heard = [{ object: 5, canary: 5 }]
    expect(deaf(after(...heard, { object: 13, canary: 5 }))).toEqual([])
    expect(deaf(after(...heard, { object: 13.1, canary: 5 }))).toEqual([[5, null]])
    const back = after(
      ...heard,
      { object: 14, canary: 5 },
      { object: 20, canary: 20, canaryGaps: [[5, 20]] },
    )
    expect(deaf(back)).toEqual([[5, 20]])
  })

  test('is not to blame where nothing of the cluster arrived at all: that is one blindness, not two', () => {
    const silent = { object: 5, canary: 5 }
    const back = { object: 60, canary: 5, gaps: [[5, 60]] as [number, number][] }
    const clock = after(silent, back)
    expect(deaf(clock)).toEqual([])
    const later = after(silent, back, {
      object: 63,
      canary: 61,
      gaps: [[5, 60]],
      canaryGaps: [[5, 61]],
    })
    expect(deaf(later)).toEqual([])
    const never = after(silent, back, { object: 69, canary: 5, gaps: [[5, 60]] })
    expect(deaf(never)).toEqual([[60, null]])
    expect(blindSpellsOf(never, 'c')).toHaveLength(1)
  })

  test('holds nobody back: what objects tell goes on', () => {
    const clock = after({ object: 5, canary: 5 }, { object: 100, canary: 5 })
    expect(watermarkOf(clock, 'c')).toBe(at(98))
  })

  test('leaves a gap that goes on until it is heard again', () => {
    const open = after({ object: 5, canary: 5 }, { object: 30, canary: 5 })
    expect(gapsOf(open, 'c')).toEqual([[at(5), Infinity]])
    const closed = after(
      { object: 5, canary: 5 },
      { object: 30, canary: 30, canaryGaps: [[5, 30]] },
    )
    expect(gapsOf(closed, 'c')).toEqual([[at(5), at(30)]])
  })

  test('does the same whatever the reports between say twice', () => {
    const rounds = [
      { object: 5, canary: 5 },
      { object: 14, canary: 5 },
      { object: 20, canary: 20, canaryGaps: [[5, 20]] as [number, number][] },
    ]
    const twice = rounds.flatMap((round) => [round, round])
    expect(deaf(after(...twice))).toEqual(deaf(after(...rounds)))
  })
})

describe('a time to live', () => {
  const rule = {
    problem: 'P',
    title: '',
    severity: 'P3',
    opens: { count: 1, span: 0 },
    stability: MINUTE,
    recovery: 'none',
    ttl: 120 * MINUTE,
    absorbs: [],
  } as unknown as Parameters<typeof spellsOf>[1]
  const around = (gaps: [number, number][], watermark: number) => ({
    healthy: [],
    deletions: [],
    unwell: false,
    gaps,
    watermark: at(watermark),
  })
  const happenings = [{ at: at(0), add: 1, object: 'o' }] as unknown as Parameters<
    typeof spellsOf
  >[0]

  test('does not run out while nothing is heard, is asked again, and begins anew with the canary', () => {
    const during = spellsOf(happenings, rule, around([[at(5), Infinity]], 600))
    expect(during.spells[0]?.recovery).toBeNull()
    expect(during.nextDecisionAt).toBe(at(601))
    const early = spellsOf(happenings, rule, around([[at(5), at(500)]], 600))
    expect(early.spells[0]?.recovery).toBeNull()
    const late = spellsOf(happenings, rule, around([[at(5), at(500)]], 620))
    expect(late.spells[0]?.recovery).toMatchObject({ by: 'ttl', at: at(620) })
  })
})

test('its context is one of the Event stream, and says what was not heard', () => {
  const rule = { title: 'Cluster {name} is not seen', severity: 'P2' as const }
  const cause = { topic: 'signals', partition: 3, offset: 9 }
  const clock = after({ object: 5, canary: 5 }, { object: 14, canary: 5 })
  expect(deafContext('c', deafSpellsOf(clock, 'c'), rule, cause)).toMatchObject({
    key: 'c//EventStream/c/Blind',
    title: 'Events of cluster c are not heard: those of its canary do not arrive',
    firstSeenAt: at(5),
    reasons: [{ reason: 'NoEvents', source: 'state' }],
  })
  expect(deafContext('c', [], rule, cause)).toBeUndefined()
})

test.each([
  ['CronJob', 'kubesift', 'kubesift-canary', true],
  // whoever may make a CronJob in a namespace of their own, and take it away again, says nothing of the cluster
  ['CronJob', 'shop', 'kubesift-canary', false],
  ['Job', 'kubesift', 'kubesift-canary-29123', false],
  ['CronJob', 'kubesift', 'nightly', false],
])('an Event of %s %s/%s is the canary: %s', (kind, namespace, name, expected) => {
  const signal = { t: 'event', event: { involved: { kind, namespace, name } } } as unknown as Signal
  expect(isCanary(signal)).toBe(expected)
})
