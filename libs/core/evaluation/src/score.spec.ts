import { describe, expect, test } from 'vitest'
import { baselineOf } from './baseline.ts'
import { totalsOf } from './evaluation.ts'
import type { Expectation, ExpectedGroup } from './expectation.ts'
import type { Findings, Found, Input } from './found.ts'
import { score } from './score.ts'
import { figuresOf } from './tally.ts'

const AT = '2026-11-21T01:00:00Z'
const instantOf = (text: string): number => (text === AT ? 1_000_000 : Number.NaN)

const group = (id: string, more: Partial<ExpectedGroup> = {}): ExpectedGroup => ({
  id,
  owners: [`shop/Deployment/${id}`],
  objects: [],
  problems: ['CrashLoop'],
  classes: ['bad-rollout'],
  affected: [`shop/Deployment/${id}`],
  optional: false,
  recovered: null,
  recoveredAt: null,
  mayStayOpen: [],
  change: null,
  severities: null,
  ...more,
})

const expecting = (
  groups: readonly ExpectedGroup[] | null,
  more: Partial<Expectation> = {},
): Expectation => ({ groups, ignore: [], nothing: 'as-grouped', owned: [], ...more })

const found = (name: string, more: Partial<Found> = {}): Found => ({
  owner: `shop/Deployment/${name}`,
  problem: 'CrashLoop',
  status: 'open',
  cause: 'bad-rollout',
  label: name,
  group: name,
  severity: 'P2',
  changes: [],
  ...more,
})

const NO_INPUT: Input = { events: 0, warnings: [] }
const scored = (
  expectation: Expectation,
  incidents: readonly Found[],
  { input = NO_INPUT, settled = incidents, filed = [] as Findings['filed'] } = {},
) => {
  const { tally, faults } = score(expectation, input, { incidents, settled, filed }, instantOf)
  return { ...figuresOf(tally), faults }
}

describe('incidents', () => {
  test('are found, missed or nobody’s', () => {
    const of = scored(expecting([group('a'), group('b')]), [found('a'), found('x')])
    expect(of).toMatchObject({ expected: 2, found: 1, missed: 1, spurious: 1 })
    expect(of.faults.missed).toEqual([expect.stringContaining('no incident for b')])
    expect(of.faults.spurious).toEqual(['x'])
  })

  test('of another problem are no primary ones, and not spurious either', () => {
    const of = scored(expecting([group('a')]), [found('a', { problem: 'ImagePull' })])
    expect(of).toMatchObject({ found: 0, missed: 1, spurious: 0 })
  })

  test('of a group that is optional are neither expected nor spurious', () => {
    const of = scored(expecting([group('a', { optional: true })]), [found('a')])
    expect(of).toMatchObject({ expected: 0, found: 0, missed: 0, spurious: 0 })
    expect(scored(expecting([group('a', { optional: true })]), [])).toMatchObject({ missed: 0 })
  })

  test('of an owner that is as good, of an object that is named, and of other tenants are let pass', () => {
    const a = group('a', { owners: ['shop/Deployment/a', 'shop/Deployment/b'], affected: [] })
    expect(scored(expecting([a]), [found('b')])).toMatchObject({ found: 1, spurious: 0 })
    const pod = group('a', { owners: ['*/Pod/p'], objects: ['*/Pod/p'], affected: [] })
    expect(scored(expecting([pod]), [found('z', { objects: ['shop/Pod/p'] })])).toMatchObject({
      found: 1,
      spurious: 0,
    })
    const tenants = expecting([], { ignore: ['shop/Deployment/t-*'] })
    expect(scored(tenants, [found('t-1')])).toMatchObject({ spurious: 0, incidents: 0 })
  })

  test('are too many where nothing may be opened at all, even resolved ones', () => {
    const of = expecting([group('a')], { nothing: 'never' })
    expect(scored(of, [found('a', { status: 'resolved' })])).toMatchObject({ spurious: 1 })
  })

  test('of a cluster that converged are too many only while they are open', () => {
    const of = expecting([], { nothing: 'at-the-end' })
    const two = [found('a', { status: 'resolved' }), found('b')]
    expect(scored(of, two)).toMatchObject({
      expected: 0,
      spurious: 1,
      incidents: 2,
      openAtEnd: 1,
      pairwiseF1: null,
    })
  })

  test('cannot be judged where nobody says who is to blame', () => {
    expect(scored(expecting(null), [found('a')])).toMatchObject({
      expected: null,
      found: null,
      missed: null,
      spurious: null,
      pairwiseF1: null,
      leftOpen: null,
      incidents: 1,
    })
  })
})

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

describe('shares', () => {
  const change = { kind: 'rollout', object: 'shop/Deployment/a', at: AT }
  const listed = (at: number, kind = 'rollout') => ({ kind, object: 'shop/Deployment/a', at })

  test.each([
    ['the nearest, in time', [listed(1_004_000)], 1],
    ['a first deploy', [listed(999_500, 'created')], 1],
    ['too far off', [listed(1_006_000)], 0],
    ['of another kind', [listed(1_000_000, 'scale')], 0],
    ['of another object', [{ ...listed(1_000_000), object: 'shop/Deployment/b' }], 0],
    ['not the nearest', [listed(1_200_000), listed(1_000_000)], 0],
    ['none', [], 0],
  ])('a change is named: %s', (_, changes, share) => {
    const of = scored(expecting([group('a', { change })]), [found('a', { changes })])
    expect([of.changeNamed, of.n.changes, of.faults.changes.length]).toEqual([share, 1, 1 - share])
  })

  test('severities agree where the truth has one, and are null elsewhere', () => {
    const a = group('a', { severities: ['P1', 'P2'] })
    expect(scored(expecting([a, group('b')]), [found('a'), found('b')])).toMatchObject({
      severityAgreement: 1,
      n: { severities: 1 },
    })
    expect(scored(expecting([a]), [found('a', { severity: 'P4' })]).severityAgreement).toBe(0)
    expect(scored(expecting([group('b')]), [found('b')]).severityAgreement).toBeNull()
  })

  test('owners are right where the Events are filed under them; Events that are not in the data do not count', () => {
    const owned = [
      { owner: 'shop/Deployment/a', reason: 'BackOff', type: 'Warning' },
      { owner: 'shop/Deployment/b', reason: 'BackOff', type: 'Warning' },
      { owner: 'shop/Deployment/lost', reason: 'BackOff', type: 'Warning' },
    ]
    const input = {
      events: 2,
      warnings: ['a-1', 'b-1'].map((pod) => ({
        uid: pod,
        object: `shop/Pod/${pod}`,
        reason: 'BackOff',
      })),
    }
    const filed = [
      { owner: 'Deployment/a', reason: 'BackOff' },
      { owner: 'shop/Pod/b-1', reason: 'BackOff' },
    ]
    const of = scored(expecting([], { owned }), [], { input, filed })
    expect([of.ownerAccuracy, of.n.owners]).toEqual([0.5, 2])
    expect(of.faults.owners).toEqual([expect.stringContaining('shop/Deployment/b')])
  })

  test('ends are judged where the truth knows them', () => {
    const over = group('a', { recovered: true, recoveredAt: AT })
    expect(scored(expecting([over]), [found('a')])).toMatchObject({ leftOpen: 1, falseResolves: 0 })
    const may = { ...over, mayStayOpen: ['shop/Deployment/a'] }
    expect(scored(expecting([may]), [found('a')])).toMatchObject({ leftOpen: 0 })
    const goesOn = group('a', { recovered: false })
    expect(scored(expecting([goesOn]), [found('a', { status: 'resolved' })])).toMatchObject({
      leftOpen: 0,
      falseResolves: 1,
    })
  })
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
      instantOf,
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
