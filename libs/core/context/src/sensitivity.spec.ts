import type { Catalogue, SlimObject } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'
import { Tiers } from './sensitivity.ts'

const tiers = new Tiers([
  { tier: 'low', namespaces: ['*-dev'] },
  { tier: 'critical', namespaces: ['payments', 'pay.*'] },
])
const namespace = (labels: Record<string, string>, annotations: Record<string, string> = {}) => ({
  labels,
  annotations,
})

describe('how much a namespace matters', () => {
  test.each([
    ['payments', undefined, 'critical'],
    ['Payments', undefined, 'critical'],
    ['payments-dev', undefined, 'low'],
    ['pay.eu', undefined, 'critical'],
    ['payxeu', undefined, 'standard'],
    ['shop', undefined, 'standard'],
    ['shop', namespace({ 'kubesift.dev/tier': 'high' }), 'high'],
    ['payments', namespace({ 'kubesift.dev/tier': 'low' }, { 'kubesift.dev/tier': 'high' }), 'low'],
    ['payments', namespace({}, { 'kubesift.dev/tier': 'standard' }), 'standard'],
    ['payments', namespace({ 'kubesift.dev/tier': 'very' }), 'critical'],
  ] as const)('%s %j is %s', (name, object, tier) => {
    expect(tiers.of(name, object)).toMatchObject({ tier })
  })

  test('a pattern made to keep a machine busy is plain text', () => {
    const evil = new Tiers([{ tier: 'low', namespaces: ['(a+)+$'] }])
    expect(evil.of('a'.repeat(60), undefined).tier).toBe('standard')
  })

  test.each([
    ['a*', 'abc', true],
    ['*', '', true],
    ['**', 'x', true],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'abcb', false],
    ['*-dev', 'shop-dev', true],
    ['*-dev', 'shop-dev-2', false],
    ['a*a', 'a', false],
    ['*ab', 'aab', true],
    ['*a\nb', 'x\na\nb', true],
  ])('%s fits %j: %s', (glob, name, fits) => {
    const { tier } = new Tiers([{ tier: 'low', namespaces: [glob] }]).of(name, undefined)
    expect(tier).toBe(fits ? 'low' : 'standard')
  })

  test('many stars take no longer than one', () => {
    const stars = new Tiers([{ tier: 'low', namespaces: [`${'*a'.repeat(7)}*b`] }])
    const began = performance.now()
    expect(stars.of('a'.repeat(253), undefined).tier).toBe('standard')
    expect(performance.now() - began).toBeLessThan(500)
  })
})

const catalogue: Catalogue = {
  problems: [
    {
      problem: 'Boom',
      severity: 'P2',
      title: '{owner}',
      events: [{ reason: ['Boom'] }],
      states: [],
      absorbs: [],
      opens: { count: 1 },
      recovery: 'none',
      stability: 60_000,
      ttl: 3_600_000,
    },
  ],
  ignore: [],
  tiers: [{ tier: 'critical', namespaces: ['payments'] }],
  hash: 'test',
}
const AT = Date.UTC(2026, 10, 21)
const SOURCE = { topic: 'otel-logs', partition: 0 }

const machineWith = (name: string, kind = 'Deployment'): NamespaceMachine => {
  const machine = new NamespaceMachine('c', name, new Classifier(catalogue))
  machine.apply(
    {
      t: 'event',
      event: {
        uid: 'u',
        involved: { kind, namespace: name, name: 'web' },
        reason: 'Boom',
        type: 'Warning',
        message: 'm',
        firstAt: AT,
      },
      tellings: [{ n: 7, at: AT + 2 * 3_600_000, offset: 1, repeats: 1 }],
    },
    SOURCE,
  )
  return machine
}
const termsOf = (machine: NamespaceMachine) =>
  machine.settle(null, []).contexts[0]?.severityTerms.map(({ term, points }) => [term, points])

const object = (labels: Record<string, string>): SlimObject => ({
  kind: 'Namespace',
  apiVersion: 'v1',
  namespace: 'shop',
  name: 'shop',
  uid: 'ns-1',
  rv: '1',
  labels,
  annotations: {},
  owners: [],
})

test('each term stands in the context with its points', () => {
  expect(termsOf(machineWith('payments'))).toEqual([
    ['base', 65],
    ['sensitivity', 20],
    ['persistence', 5],
  ])
  expect(termsOf(machineWith('shop', 'StatefulSet'))).toEqual([
    ['base', 65],
    ['state', 10],
    ['persistence', 5],
  ])
})

test('a label that comes later, or changes, is heard', () => {
  const machine = machineWith('shop')
  expect(termsOf(machine)).toEqual([
    ['base', 65],
    ['persistence', 5],
  ])
  const signal = { t: 'object' as const, offsets: [2], repeats: 1, observedAt: AT }
  machine.apply({ ...signal, object: object({ 'kubesift.dev/tier': 'low' }) }, SOURCE)
  expect(termsOf(machine)).toContainEqual(['sensitivity', -15])
})
