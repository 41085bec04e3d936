import { describe, expect, test } from 'vitest'
import { baselineOf } from './baseline.ts'
import { totalsOf } from './evaluation.ts'
import type { Expectation } from './expectation.ts'
import type { Found } from './found.ts'
import { score } from './score.ts'
import { expecting, found, group, judges, scored } from './testing.ts'

describe('groups', () => {
  const cascade = group('a', { affected: ['shop/Deployment/a', 'shop/Deployment/b'] })

  test('that are the truth score 1', () => {
    const of = scored(expecting([cascade, group('c')]), [
      found('a', { group: 'g' }),
      found('b', { group: 'g', problem: 'ProbeFailure' }),
      found('c'),
    ])
    expect(of).toMatchObject({
      pairwiseF1: 1,
      adjustedRandIndex: 1,
      falseMerges: 0,
      falseSplits: 0,
      groups: 2,
    })
  })

  test('that are too small or too large are counted by pairs and named', () => {
    const of = scored(expecting([cascade, group('c')]), [
      found('a', { group: 'g' }),
      found('b', { problem: 'ProbeFailure' }),
      found('c', { group: 'g' }),
    ])
    expect(of).toMatchObject({ falseMerges: 1, falseSplits: 1, pairwiseF1: 0 })
    expect(of.faults.merged).toEqual(['one group for a (a) and c (c)'])
    expect(of.faults.split).toEqual(['a is 2 groups: a | b'])
  })

  test('that take in what is nobody’s are false merges, each of them', () => {
    const three = ['a', 'x', 'y'].map((name) => found(name, { group: 'g' }))
    expect(scored(expecting([group('a')]), three)).toMatchObject({ falseMerges: 3, spurious: 2 })
  })

  test('of one incident have no pairs to be right or wrong about', () => {
    expect(scored(expecting([group('a')]), [found('a')])).toMatchObject({
      pairwiseF1: null,
      adjustedRandIndex: null,
      falseMerges: null,
    })
  })

  test('take an owner that is in two by its problem', () => {
    const outage = group('node', {
      owners: ['/Node/n'],
      problems: ['NodeNotReady'],
      affected: ['/Node/n', 'shop/Deployment/a'],
    })
    const of = scored(expecting([group('a'), outage]), [
      found('a', { group: 'g1' }),
      found('a', { group: 'g2', problem: 'NodeNotReady' }),
      found('n', { group: 'g2', owner: '/Node/n', problem: 'NodeNotReady' }),
    ])
    expect(of).toMatchObject({ pairwiseF1: 1, found: 2 })
  })
})

test('an incident belongs to the group that it is the primary one of, though it is a victim in another of the same problem', () => {
  const cascade = group('a', { affected: ['shop/Deployment/a', 'shop/Deployment/b'] })
  const of = scored(expecting([cascade, group('b')]), [found('a'), found('b')])
  expect(of).toMatchObject({ falseSplits: 0, found: 2 })
})

describe('the baseline', () => {
  const warnings = ['p1', 'p2'].flatMap((pod) =>
    ['BackOff', 'Unhealthy', 'BackOff'].map((reason, i) => ({
      uid: `${pod}${i}`,
      object: `shop/Pod/${pod}`,
      reason,
    })),
  )

  test('is an incident per object and reason, each a group of its own', () => {
    const { incidents } = baselineOf(warnings, () => 'shop/Deployment/a')
    expect(incidents.map(({ label }) => label)).toEqual([
      'shop/Pod/p1 BackOff',
      'shop/Pod/p1 Unhealthy',
      'shop/Pod/p2 BackOff',
      'shop/Pod/p2 Unhealthy',
    ])
    expect(scored(expecting([group('a')]), incidents)).toMatchObject({
      found: 1,
      pairwiseF1: 0,
      falseSplits: 6,
    })
  })
})

describe('a total', () => {
  const scenario = (incidents: readonly Found[], expectation: Expectation) => {
    const one = score(
      expectation,
      { events: 10, warnings: [{ uid: '1', object: 'shop/Pod/a', reason: 'r' }] },
      { incidents, settled: incidents, filed: [] },
      judges,
    )
    return { name: 's', kind: 'truth', status: 'evaluated' as const, ours: one, baseline: one }
  }

  test('sums what is counted, pools pairs and averages indices, each over those that have it', () => {
    const cascade = group('a', { affected: ['shop/Deployment/a', 'shop/Deployment/b'] })
    const b = { problem: 'ProbeFailure' }
    const totals = totalsOf([
      scenario(
        [found('a', { group: 'g' }), found('b', { ...b, group: 'g' })],
        expecting([cascade]),
      ),
      scenario([found('a'), found('b', b)], expecting([cascade])),
      scenario([found('a')], expecting(null)),
      { name: 'e', kind: 'none', status: 'error', why: 'no label' },
    ])
    expect(totals.scenarios).toBe(3)
    expect(totals.ours).toMatchObject({
      expected: 2,
      found: 2,
      pairwiseF1: 2 / 3,
      adjustedRandIndex: 0.5,
      falseSplits: 1,
      events: 30,
      incidents: 5,
      groups: 4,
      compression: 7.5,
      openedPer100Warnings: (100 * 5) / 3,
      n: { pairs: 2, clusterings: 2 },
    })
  })

  test('of nothing has figures of nothing', () => {
    expect(totalsOf([]).ours).toMatchObject({ expected: null, pairwiseF1: null, compression: null })
  })
})
