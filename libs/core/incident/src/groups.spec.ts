import type { Touch } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Groupable } from './groupable.ts'
import { groupsOf, type Group } from './groups.ts'
import { T0 } from './testing.ts'

const MINUTE = 60_000
const is = (thing: string): Touch => ({ how: 'is', thing, why: `is ${thing}` })
const uses = (thing: string): Touch => ({ how: 'uses', thing, why: `uses ${thing}` })
const blames = (thing: string): Touch => ({ how: 'blames', thing, why: `blames ${thing}` })

const incident = (
  id: string,
  minute: number,
  problem: string,
  touches: Touch[],
  rest: Partial<Groupable> = {},
): Groupable => ({
  id,
  key: id,
  cluster: 'c1',
  label: id,
  problem,
  firstSeenAt: T0 + minute * MINUTE,
  endedAt: null,
  beganAt: T0 + minute * MINUTE,
  touches: [is(`Deployment/shop/${id}`), ...touches],
  ...rest,
})
const members = (groups: readonly Group[]): string[] => groups.map((g) => g.members.join('+'))

test('callers join the dependency that failed, and it stands for the cause though it showed last', () => {
  const groups = groupsOf([
    incident('frontend', 0, 'ProbeFailure', [uses('Service/shop/checkout')]),
    incident('checkout', 0, 'ProbeFailure', [
      is('Service/shop/checkout'),
      uses('Service/pay/payments'),
    ]),
    incident('payments', 0.1, 'CrashLoop', [is('Service/pay/payments')]),
  ])
  expect(groups).toHaveLength(1)
  expect(groups[0]).toMatchObject({ id: 'checkout', primary: 'payments' })
  expect(groups[0]!.joins.map(({ from, to, why }) => `${from} > ${to}: ${why}`).sort()).toEqual([
    'checkout > payments: uses Service/pay/payments',
    'frontend > checkout: uses Service/shop/checkout',
  ])
})

test('hundreds that fail behind one Service, with hundreds of callers, are grouped at once and documents stay small', () => {
  const service = 'Service/shop/all'
  const began = performance.now()
  const groups = groupsOf([
    ...Array.from({ length: 250 }, (_, i) => incident(`w${i}`, 0, 'CrashLoop', [is(service)])),
    ...Array.from({ length: 250 }, (_, i) => incident(`c${i}`, 1, 'ProbeFailure', [uses(service)])),
  ])
  // measured: 0.1 s, and before a quarter of a minute
  expect(performance.now() - began).toBeLessThan(5_000)
  const largest = groups.toSorted((a, b) => b.members.length - a.members.length)[0]!
  expect(largest.members.filter((id) => id.startsWith('c'))).toHaveLength(250)
  const perMember = Map.groupBy(largest.joins, ({ from }) => from)
  expect(Math.max(...[...perMember.values()].map((all) => all.length))).toBeLessThanOrEqual(32)
})

test('neighbours stay apart: the same node, the same Service, the same config that nobody blames', () => {
  const groups = groupsOf([
    incident('a', 0, 'CrashLoop', [
      uses('Node//n1'),
      uses('ConfigMap/shop/c'),
      is('Service/shop/s'),
    ]),
    incident('b', 0, 'CrashLoop', [
      uses('Node//n1'),
      uses('ConfigMap/shop/c'),
      is('Service/shop/s'),
    ]),
  ])
  expect(members(groups)).toEqual(['a', 'b'])
})

test('a caller with a newer fault of its own is not explained by its dependency', () => {
  const dependency = incident('db', 0, 'CrashLoop', [is('Service/shop/db')])
  const broken = { ownChangeMs: 5_000 }
  expect(
    members(
      groupsOf([dependency, incident('x', 3, 'CrashLoop', [uses('Service/shop/db')], broken)]),
    ),
  ).toEqual(['db', 'x'])
  expect(
    members(groupsOf([dependency, incident('x', 3, 'ImagePull', [uses('Service/shop/db')])])),
  ).toEqual(['db', 'x'])
  expect(
    members(groupsOf([dependency, incident('x', 3, 'CrashLoop', [uses('Service/shop/db')])])),
  ).toEqual(['db+x'])
})

test('a node that fails explains what is lost on it, at that time, and nothing else there', () => {
  const node = incident('node', 10, 'NodeNotReady', [is('Node//n1')], { endedAt: T0 + 20 * MINUTE })
  const on = (id: string, minute: number, problem: string) =>
    incident(id, minute, problem, [uses('Node//n1')])
  const groups = groupsOf([
    node,
    on('evicted', 14, 'Eviction'),
    on('crashing', 14, 'CrashLoop'),
    on('before', 1, 'Eviction'),
    on('long-after', 40, 'Eviction'),
  ])
  expect(members(groups)).toEqual(['before', 'node+evicted', 'crashing', 'long-after'])
  expect(groups.find((g) => g.members.includes('evicted'))?.primary).toBe('node')
})

test('several nodes that fail at once are one, several that fail an hour apart are several', () => {
  const node = (id: string, minute: number) =>
    incident(id, minute, 'NodeNotReady', [is(`Node//${id}`), is('Nodes//')], {
      lastSeenAt: T0 + (minute + 1) * MINUTE,
    })
  expect(members(groupsOf([node('n1', 0), node('n2', 1), node('n3', 60)]))).toEqual(['n1+n2', 'n3'])
})

test('callers of what was changed just before they failed are one, though it shows no symptom itself', () => {
  const changed = 'Changed/shop/Deployment%2Fpayments%401'
  const calls = [uses('Service/shop/payments'), blames(changed)]
  const groups = groupsOf([
    incident('web', 0, 'ProbeFailure', calls),
    incident('api', 0.5, 'CrashLoop', calls),
    incident('cart', 0.5, 'CrashLoop', [uses('Service/shop/payments')]),
    incident('late', 90, 'CrashLoop', [blames('Changed/shop/Deployment%2Fpayments%402')]),
  ])
  expect(members(groups)).toEqual(['web+api', 'cart', 'late'])
  expect(groups[0]).toMatchObject({ primary: 'web', joins: [{ why: `blames ${changed}` }] })
})

test('those who blame the same thing at one time are one; the thing itself, if it has trouble, stands for them', () => {
  const thing = 'ConfigMap/shop/app'
  const later = incident('c', 90, 'Config', [blames(thing)])
  const a = incident('a', 0, 'Config', [blames(thing)], { endedAt: T0 + 30 * MINUTE })
  const b = incident('b', 5, 'Config', [blames(thing)], { endedAt: T0 + 30 * MINUTE })
  expect(members(groupsOf([a, b, later]))).toEqual(['a+b', 'c'])
  const claim = 'PersistentVolumeClaim/shop/data'
  const groups = groupsOf([
    incident('pod', 0, 'Scheduling', [blames(claim)]),
    incident('claim', 1, 'VolumeMount', [is(claim)]),
  ])
  expect(groups[0]).toMatchObject({ members: ['pod', 'claim'], primary: 'claim', id: 'pod' })
})

test('clusters are kept apart', () => {
  const a = incident('a', 0, 'Config', [blames('ConfigMap/shop/app')])
  const b = incident('b', 0, 'Config', [blames('ConfigMap/shop/app')], { cluster: 'c2' })
  expect(members(groupsOf([a, b]))).toEqual(['a', 'b'])
})

describe('an operator', () => {
  const a = incident('a', 0, 'Config', [blames('ConfigMap/shop/app')])
  const b = incident('b', 1, 'Config', [blames('ConfigMap/shop/app')])
  const c = incident('c', 2, 'CrashLoop', [])

  test('puts together what nothing joins', () => {
    expect(members(groupsOf([a, c], { mustLink: [['c', 'a']], cannotLink: [] }))).toEqual(['a+c'])
  })

  test('keeps apart what would be joined, even by way of others', () => {
    expect(members(groupsOf([a, b], { mustLink: [], cannotLink: [['b', 'a']] }))).toEqual([
      'a',
      'b',
    ])
    const apart = groupsOf([a, b, c], { mustLink: [['c', 'b']], cannotLink: [['c', 'a']] })
    expect(members(apart)).toEqual(['a', 'b+c'])
  })
})

const anIncident = (id: string): fc.Arbitrary<Groupable> =>
  fc
    .record({
      minute: fc.nat(30),
      lasts: fc.option(fc.nat(20)),
      problem: fc.constantFrom('CrashLoop', 'ProbeFailure', 'NodeNotReady', 'Eviction'),
      touches: fc.array(
        fc
          .tuple(
            fc.constantFrom(is, uses, blames),
            fc.constantFrom('Node//n1', 'Service/s/x', 'ConfigMap/s/y', 'Nodes//'),
          )
          .map(([how, thing]) => how(thing)),
        { maxLength: 4 },
      ),
    })
    .map(({ minute, lasts, problem, touches }) =>
      incident(id, minute, problem, touches, {
        endedAt: lasts === null ? null : T0 + (minute + lasts) * MINUTE,
      }),
    )
const some = fc
  .integer({ min: 1, max: 8 })
  .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => anIncident(`i${i}`))))

describe('groups are', () => {
  test('a partition, named after the oldest, with the primary among its members', () => {
    fc.assert(
      fc.property(some, (incidents) => {
        const groups = groupsOf(incidents)
        expect(groups.flatMap((g) => g.members).sort()).toEqual(incidents.map((i) => i.id).sort())
        for (const g of groups) {
          expect(g.members).toContain(g.primary)
          expect(g.id).toBe(g.members[0])
          for (const { from, to } of g.joins)
            expect(g.members).toEqual(expect.arrayContaining([from, to]))
        }
      }),
    )
  })

  test('the same in whatever order the incidents come', () => {
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (incidents, random) => {
        const shuffled = incidents
          .map((i) => ({ i, r: random.next().value as number }))
          .sort((a, b) => a.r - b.r)
          .map(({ i }) => i)
        expect(groupsOf(shuffled)).toEqual(groupsOf(incidents))
      }),
    )
  })

  test('found again from one group alone: what is outside of it decides nothing in it', () => {
    fc.assert(
      fc.property(some, (incidents) => {
        for (const group of groupsOf(incidents)) {
          const alone = groupsOf(incidents.filter((i) => group.members.includes(i.id)))
          expect(alone.map((g) => [g.id, g.primary, g.members])).toEqual([
            [group.id, group.primary, group.members],
          ])
        }
      }),
    )
  })
})
