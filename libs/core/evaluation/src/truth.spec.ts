import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { fullOwner, matches } from './owners.ts'
import { expectationOfTruth, parseTruth } from './truth.ts'

const TEXT = `
scenario: shop
namespace: shop
start: 2026-11-21T01:00:00Z
end: 2026-11-21T01:05:00Z
expected:
  groups:
  - id: bad-rollout
    cause: {owner: Deployment/checkout, namespace: shop, problem: [CrashLoop], class: bad-rollout, owner_also: [Deployment/cart], problem_events_only: [Unknown], class_also: [config-change], severity: P2}
    change: {kind: rollout, object: Deployment/checkout, at: '2026-11-21T01:01:00Z', summary: new image}
    affected: [Deployment/checkout, other/Deployment/frontend]
    recovered_at: null
    may_stay_open: [Deployment/checkout]
  - id: outage
    cause: {owner: Node/worker-1, namespace: '', problem: [NodeNotReady], class: node-down}
    change: {kind: none, object: kube-apiserver, at: '2026-11-21T01:01:00Z'}
    affected: [Node/worker-1]
    recovered_at: 2026-11-21T01:04:00Z
    optional: true
  ignore: ['Deployment/tenant-*', Node/worker-9]
  event_counts:
  - {owner: Deployment/checkout, reason: BackOff, type: Warning, sum: 3, uids: 1}
  - {owner: Pod/lost, reason: BackOff, type: Warning, sum: 3, uids: 1, lifted: false}
`

describe('a truth.yaml', () => {
  const truth = parseTruth(parse(TEXT))

  test('is judged by with whole owners, its tolerances and without what cannot be lifted', () => {
    const { groups, ignore, nothing, owned } = expectationOfTruth(truth, true)
    expect(groups?.map((g) => [g.id, g.owners, g.problems, g.optional, g.recovered])).toEqual([
      [
        'bad-rollout',
        ['shop/Deployment/checkout', 'shop/Deployment/cart'],
        ['CrashLoop'],
        false,
        false,
      ],
      ['outage', ['/Node/worker-1'], ['NodeNotReady'], true, true],
    ])
    expect(groups?.[0]).toMatchObject({
      affected: ['shop/Deployment/checkout', 'other/Deployment/frontend'],
      mayStayOpen: ['shop/Deployment/checkout'],
      classes: ['bad-rollout', 'config-change'],
      severities: ['P2'],
      change: { kind: 'rollout', object: 'shop/Deployment/checkout', at: '2026-11-21T01:01:00Z' },
    })
    expect(groups?.[1]?.change).toBeNull()
    expect(ignore).toEqual(['shop/Deployment/tenant-*', '/Node/worker-9'])
    expect(nothing).toBe('as-grouped')
    expect(owned.map(({ owner }) => owner)).toEqual(['shop/Deployment/checkout'])
  })

  test('accepts more where only Events were read', () => {
    expect(expectationOfTruth(truth, false).groups?.[0]?.problems).toEqual(['CrashLoop', 'Unknown'])
  })

  test('that allows nothing at all says so', () => {
    const none = { ...truth, expected: { ...truth.expected, no_incident_at_all: true } }
    expect(expectationOfTruth(none, true).nothing).toBe('never')
  })

  test('that is none is refused in words', () => {
    expect(() => parseTruth({ scenario: 'x' })).toThrow(/not a truth\.yaml: .*expected/)
  })
})

test.each([
  ['Deployment/a', 'shop', 'shop/Deployment/a'],
  ['Node/a', 'shop', '/Node/a'],
  ['other/Deployment/a', 'shop', 'other/Deployment/a'],
  ['Deployment/a', undefined, '/Deployment/a'],
])('%s in %s is %s', (owner, namespace, full) => {
  expect(fullOwner(owner, namespace)).toBe(full)
})

test.each([
  ['shop/Deployment/a', 'shop/Deployment/a', true],
  ['shop/Deployment/a', 'shop/Deployment/ab', false],
  ['shop/*/a', 'shop/Deployment/a', true],
  ['*/Pod/a.b', 'shop/Pod/axb', false],
])('%s matches %s: %s', (pattern, owner, expected) => {
  expect(matches(pattern, owner)).toBe(expected)
})
