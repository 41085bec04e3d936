import { describe, expect, test } from 'vitest'
import { scoreSeverity } from './severity.ts'
import { aContext } from './testing.ts'

const payments = { term: 'sensitivity', points: 20, why: 'namespace tier critical' }
const persists = { term: 'persistence', points: 10, why: 'for 30 min' }

describe('severity', () => {
  test.each([
    ['a readiness probe on a stateless service', 'P3', [], 0, 'P3', 30],
    ['a crash loop', 'P2', [], 0, 'P2', 50],
    ['a crash loop in payments', 'P2', [payments], 0, 'P1', 70],
    ['a crash loop that persists', 'P2', [persists], 0, 'P1', 60],
    ['a probe failure that persists', 'P3', [persists], 0, 'P2', 40],
    ['one that came back once', 'P3', [], 1, 'P2', 40],
    ['one that came back ten times: one level, no more', 'P3', [], 10, 'P2', 50],
    ['a minor thing', 'P4', [], 0, 'P4', 10],
    ['a P1 stays one, whatever comes', 'P1', [payments, persists], 3, 'P1', 120],
  ] as const)('%s', (_, severity, severityTerms, reopenCount, expected, points) => {
    const context = aContext({ severity, severityTerms: [...severityTerms] })
    expect(scoreSeverity(context, { reopenCount })).toMatchObject({ severity: expected, points })
  })

  test('a base that the context states is not added twice', () => {
    const base = { term: 'base', points: 30, why: 'catalogue' }
    const { terms, points } = scoreSeverity(aContext({ severityTerms: [base] }), { reopenCount: 0 })
    expect(terms).toEqual([base])
    expect(points).toBe(30)
  })

  test('the terms add up to the points', () => {
    const score = scoreSeverity(aContext({ severityTerms: [payments, persists] }), {
      reopenCount: 2,
    })
    expect(score.terms.map((t) => t.term)).toEqual([
      'base',
      'sensitivity',
      'persistence',
      'reopened',
    ])
    expect(score.terms.reduce((sum, t) => sum + t.points, 0)).toBe(score.points)
  })
})
