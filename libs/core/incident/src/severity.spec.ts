import { describe, expect, test } from 'vitest'
import { scoreSeverity } from './severity.ts'
import { aContext } from './testing.ts'

const payments = { term: 'sensitivity', points: 20, why: 'namespace tier critical' }
const allDown = { term: 'impact', points: 15, why: '100 % of the replicas were not available' }

describe('severity', () => {
  test.each([
    ['a readiness probe on a stateless service', 'P3', [], 0, 'P3', 40],
    ['the same with all replicas down', 'P3', [allDown], 0, 'P3', 55],
    ['the same when it comes back', 'P3', [allDown], 1, 'P2', 65],
    ['a crash loop', 'P2', [], 0, 'P2', 65],
    ['a crash loop with all replicas down', 'P2', [allDown], 0, 'P2', 80],
    ['a crash loop that came back once', 'P2', [], 1, 'P2', 75],
    ['a repeated crash loop', 'P2', [], 2, 'P1', 85],
    ['a crash loop in payments', 'P2', [payments], 0, 'P1', 85],
    ['one that came back ten times: no more than twice', 'P3', [], 10, 'P2', 60],
    ['a minor thing', 'P4', [allDown], 0, 'P4', 30],
    ['a P1 stays one, whatever comes', 'P1', [payments, allDown], 3, 'P1', 145],
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
    const score = scoreSeverity(aContext({ severityTerms: [payments, allDown] }), {
      reopenCount: 2,
    })
    expect(score.terms.map((t) => t.term)).toEqual(['base', 'sensitivity', 'impact', 'reopened'])
    expect(score.terms.reduce((sum, t) => sum + t.points, 0)).toBe(score.points)
  })
})

describe('what a cause has hit', () => {
  const points = (workloads: number, namespaces: number): number =>
    scoreSeverity(aContext({ severity: 'P2' }), {
      reopenCount: 0,
      blastRadius: { workloads, namespaces },
    }).points - 65

  test.each([
    [1, 1, 5],
    [2, 1, 5],
    [3, 1, 10],
    [9, 1, 10],
    [10, 1, 15],
    [5_000, 1, 15],
    [2, 2, 10],
    [40, 7, 20],
  ])('%i workloads in %i namespaces: %i points', (workloads, namespaces, expected) => {
    expect(points(workloads, namespaces)).toBe(expected)
  })

  test('says so, and lifts a crash loop to P1 only where many tenants are hit', () => {
    const blastRadius = { workloads: 12, namespaces: 3 }
    const score = scoreSeverity(aContext({ severity: 'P2' }), { reopenCount: 0, blastRadius })
    expect(score.severity).toBe('P1')
    expect(score.terms.at(-1)).toEqual({
      term: 'blast-radius',
      points: 20,
      why: 'has hit 12 other workloads in 3 namespaces',
    })
  })
})
