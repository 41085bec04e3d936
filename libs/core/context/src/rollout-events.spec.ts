import { describe, expect, test } from 'vitest'
import { eventFact, type EventFact } from './event-fact.ts'
import { rolloutsTold } from './rollout-events.ts'

type Line = readonly [message: string, ...at: number[]]

const up = (name: string, from: number, to: number): string =>
  `Scaled up replica set web-${name} from ${from} to ${to}`
const down = (name: string, from: number, to: number): string =>
  `Scaled down replica set web-${name} from ${from} to ${to}`

/** An Event for each line; more times are its repeats. */
const eventsOf = (lines: readonly Line[]): EventFact[] =>
  lines.map(([message, firstAt = 0, ...again], i) =>
    eventFact(
      {
        event: {
          uid: String(i),
          involved: { kind: 'Deployment', namespace: 'shop', name: 'web' },
          reason: 'ScalingReplicaSet',
          type: 'Normal',
          message,
          firstAt: firstAt * 1000,
        },
        tellings: [firstAt, ...again].map((at, n) => ({
          n: n + 1,
          at: at * 1000,
          offset: n,
          repeats: 1,
        })),
      },
      { topic: 'otel-logs', partition: 0 },
    ),
  )

const told = (lines: readonly Line[]): string[] =>
  rolloutsTold(eventsOf(lines)).map(
    ({ at, from = 'nothing', to, rollback }) =>
      `${at / 1000}: ${from} -> ${to}${rollback ? ' again' : ''}`,
  )

const CASES: readonly [string, readonly Line[], readonly string[]][] = [
  ['a first deployment', [[up('a', 0, 3), 1]], ['1: nothing -> web-a']],
  [
    'a bad rollout that stalls',
    [
      [up('a', 0, 3), 1],
      [up('b', 0, 1), 9],
    ],
    ['1: nothing -> web-a', '9: web-a -> web-b'],
  ],
  [
    'a roll-back of one that stalled: the old one was never gone',
    [
      [up('a', 0, 3), 1],
      [up('b', 0, 1), 9],
      [down('b', 1, 0), 99],
    ],
    ['1: nothing -> web-a', '9: web-a -> web-b', '99: web-b -> web-a again'],
  ],
  [
    'a roll-back of one that had replaced all: the Event of the old one is counted up',
    [
      [up('a', 0, 1), 1, 80],
      [up('b', 0, 1), 9],
      [down('a', 1, 0), 11],
      [down('b', 1, 0), 82],
    ],
    ['1: nothing -> web-a', '9: web-a -> web-b', '80: web-b -> web-a again'],
  ],
  [
    'the same where all pods go before new ones come',
    [
      [up('a', 0, 1), 1, 83],
      [down('a', 1, 0), 11],
      [up('b', 0, 1), 13],
      [down('b', 1, 0), 82],
    ],
    ['1: nothing -> web-a', '13: web-a -> web-b', '83: web-b -> web-a again'],
  ],
  [
    'a rollout of one that is older than any Event',
    [
      [up('b', 0, 1), 9],
      [down('a', 3, 2), 11],
    ],
    ['9: web-a -> web-b'],
  ],
  [
    'a Deployment that is scaled to nothing and up again',
    [
      [up('a', 0, 3), 1, 90],
      [down('a', 3, 0), 50],
    ],
    ['1: nothing -> web-a'],
  ],
  [
    'one that is scaled to nothing in the middle of a rollout',
    [
      [up('a', 0, 3), 1],
      [up('b', 0, 1), 9],
      [down('b', 1, 0), 50],
      [down('a', 3, 0), 51],
    ],
    ['1: nothing -> web-a', '9: web-a -> web-b'],
  ],
  ['an autoscaler at work', [[up('a', 2, 4), 1, 50]], []],
  ['a text that does not say from how many', [['Scaled up replica set web-a to 3', 1]], []],
]

describe('the Events of a Deployment tell', () => {
  test.each(CASES)('%s', (_what, lines, expected) => {
    expect(told(lines)).toEqual(expected)
    expect(told(lines.toReversed())).toEqual(expected)
  })
})
