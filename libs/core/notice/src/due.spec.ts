import { severities } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveryKey } from './delivery-key.ts'
import { noticeOf, SETTLE, settleMs } from './due.ts'
import { NOTHING_TOLD, standingOf, type Standing, type Told } from './standing.ts'

const open = (severity: Standing['severity'] = 'P3', reopenCount = 0): Standing => ({
  phase: 'open',
  severity,
  reopenCount,
})
const ended = (reopenCount = 0): Standing => ({ phase: 'ended', severity: 'P3', reopenCount })

/** Tells each standing in turn, as if each had settled. */
const tell = (...standings: Standing[]): string[] => {
  let told: Told = NOTHING_TOLD
  return standings.flatMap((now) => {
    const due = noticeOf(told, now)
    if (!due) return []
    told = due.told
    return [deliveryKey('g', due.kind, due.told)]
  })
}

describe('noticeOf', () => {
  it.each([
    ['opening and ending', [open(), ended()], ['g/opened/0', 'g/resolved/0']],
    ['ended before anything was told', [ended()], []],
    ['a redelivery', [open(), open(), ended(), ended()], ['g/opened/0', 'g/resolved/0']],
    [
      'coming back as often as before, since one has left and one has come back',
      [open('P3', 1), ended(1), open('P3', 1)],
      ['g/opened/1', 'g/resolved/1', 'g/reopened/2'],
    ],
    [
      'coming back',
      [open(), ended(), open('P3', 1), ended(1)],
      ['g/opened/0', 'g/resolved/0', 'g/reopened/1', 'g/resolved/1'],
    ],
    [
      'ending and coming back unseen',
      [open(), open('P3', 1), ended(1)],
      ['g/opened/0', 'g/resolved/1'],
    ],
    ['coming back and ending unseen', [open(), ended(), ended(1)], ['g/opened/0', 'g/resolved/0']],
    [
      'getting worse',
      [open('P3'), open('P2'), open('P1')],
      ['g/opened/0', 'g/escalated/0-P2', 'g/escalated/0-P1'],
    ],
    ['getting better and worse again', [open('P2'), open('P4'), open('P2')], ['g/opened/0']],
    [
      'coming back after some of it has left the group',
      [open('P3', 3), ended(3), open('P3', 1), ended(1), open('P3', 0), open('P2', 0), ended(0)],
      [
        'g/opened/3',
        'g/resolved/3',
        'g/reopened/4',
        'g/resolved/4',
        'g/reopened/5',
        'g/escalated/5-P2',
        'g/resolved/5',
      ],
    ],
    [
      'ending after some of it has left the group',
      [open('P3', 0), ended(0), open('P3', 2), open('P3', 0), ended(0)],
      ['g/opened/0', 'g/resolved/0', 'g/reopened/2', 'g/resolved/2'],
    ],
    [
      'a worse return',
      [open('P3'), ended(), open('P1', 1)],
      ['g/opened/0', 'g/resolved/0', 'g/reopened/1'],
    ],
  ])('%s', (_, standings, keys) => {
    expect(tell(...standings)).toEqual(keys)
  })

  it('tells each thing once, in an order that makes sense, whatever the course', () => {
    const step = fc.record({
      phase: fc.constantFrom('open' as const, 'ended' as const),
      severity: fc.constantFrom(...severities),
      up: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let reopenCount = 0
        const keys = tell(
          ...steps.map(({ phase, severity, up }) => {
            if (up) reopenCount += 1
            return { phase, severity, reopenCount }
          }),
        )
        expect(new Set(keys).size).toBe(keys.length)
        const kinds = keys.map((k) => k.split('/')[1])
        kinds.forEach((kind, i) => {
          const before = kinds[i - 1]
          if (i === 0) expect(kind).toBe('opened')
          else if (kind === 'reopened') expect(before).toBe('resolved')
          else expect(before).not.toBe('resolved')
        })
      }),
    )
  })
})

describe('settleMs', () => {
  it('waits 30 s, 10 s for P1, and 30 s for good news', () => {
    expect(settleMs(NOTHING_TOLD, open('P2'), SETTLE)).toBe(30_000)
    expect(settleMs(NOTHING_TOLD, open('P1'), SETTLE)).toBe(10_000)
    expect(settleMs({ ...open('P1') }, { ...ended(), severity: 'P1' }, SETTLE)).toBe(30_000)
  })

  it('is nothing where there is no news', () => {
    expect(settleMs(NOTHING_TOLD, ended(), SETTLE)).toBeUndefined()
    expect(settleMs({ ...open('P2') }, open('P3'), SETTLE)).toBeUndefined()
  })
})

it.each([
  ['open', 'open'],
  ['acknowledged', 'open'],
  ['investigating', 'open'],
  ['resolved', 'ended'],
  ['closed', 'ended'],
  ['merged', 'ended'],
] as const)('%s is %s', (status, phase) => {
  expect(standingOf({ status, severity: 'P2', reopenCount: 0 }).phase).toBe(phase)
})

it('makes keys that are safe in a header, whatever the group is called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (group) => {
      expect(deliveryKey(group, 'opened', NOTHING_TOLD)).toMatch(/^[\w!'()*.~%-]*\/opened\/0$/)
    }),
  )
})
