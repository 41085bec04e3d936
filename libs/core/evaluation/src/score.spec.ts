import { describe, expect, test } from 'vitest'
import { AT, expecting, found, group, scored } from './testing.ts'

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

describe('shares', () => {
  const change = { kind: 'rollout', object: 'shop/Deployment/a', at: AT }
  const listed = (at: number, kind = 'rollout') => ({ kind, object: 'shop/Deployment/a', at })

  test.each([
    ['the nearest, in time', [listed(1_004_000)], 1],
    ['a first deploy', [listed(999_500, 'created')], 1],
    ['too far off', [listed(1_006_000)], 0],
    ['within the span that is told', [{ ...listed(960_000), until: 1_001_000 }], 1],
    ['within a span that says nothing', [{ ...listed(930_000), until: 1_001_000 }], 0],
    ['outside of the span', [{ ...listed(960_000), until: 990_000 }], 0],
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
