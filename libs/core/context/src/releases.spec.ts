import { fromKube } from '@kubesift/core-signal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AT, boom, catalogue, contextOf, iso, SOURCE } from './add-ons.spec-helper.ts'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'
import { joinRelease, releaseFact, type ReleaseFact } from './release-fact.ts'

const application = (history: object[], resources: object[] = []): object => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd', uid: 'app', resourceVersion: '5' },
  spec: { destination: { namespace: 'shop' } },
  status: { history, resources: [...resources, { kind: 'Service', namespace: 'shop', name: 'x' }] },
})
const synced = (seconds: number, revision: string): object => ({
  deployStartedAt: iso(seconds - 20),
  deployedAt: iso(seconds),
  revision,
  source: { repoURL: 'https://git.example.org/shop.git', path: 'prod' },
  initiatedBy: { username: 'ada' },
})
const WEB = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const deployment = (
  generation: number,
  image: string,
  seconds: number,
  more: object = {},
): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'd',
    generation,
    resourceVersion: String(generation),
    creationTimestamp: iso(-9_000),
    ...more,
  },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'app', image }] } } },
  status: { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: iso(seconds) }] },
})

describe('releases', () => {
  test('that deliver the owner are changes of it, with who, from where and to what', () => {
    const context = contextOf(
      application([synced(-3_000, 'a'.repeat(40)), synced(-30, 'b'.repeat(40))], [WEB]),
    )
    expect(context.changes.map((c) => c.summary)).toEqual([
      'Argo CD deployed aaaaaaa -> bbbbbbb of https://git.example.org/shop.git prod',
      'Argo CD deployed aaaaaaa of https://git.example.org/shop.git prod',
    ])
    expect(context.changes[0]).toMatchObject({
      kind: 'config',
      by: 'ada',
      object: { kind: 'Application', namespace: 'argocd', name: 'shop' },
      distanceMs: 30_000,
      release: { tool: 'argocd', name: 'shop', revision: 'b'.repeat(40), path: 'prod' },
    })
    expect(context.evidence.map((e) => e.id)).toContain(context.changes[0]?.evidence)
  })

  test('of others are none of it', () => {
    expect(contextOf(application([synced(-30, 'b')])).changes).toEqual([])
  })

  test('that show as a roll-out are told with it, once', () => {
    const machine = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
    const at = (object: object, seconds: number): void => {
      const read = fromKube(object, { offset: 1, observedAt: AT + seconds * 1_000 })
      for (const one of read.ok && 'each' in read ? read.each : [read])
        if (one.ok && 'signal' in one && one.namespace === 'shop') machine.apply(one.signal, SOURCE)
    }
    at(deployment(1, 'web:1', -9_000), -8_000)
    at(deployment(2, 'web:2', -9_000), -35)
    at(application([synced(-30, 'b'.repeat(40))], [WEB]), -10)
    at(boom, 5)
    const [context] = machine.settle(AT + 10_000, []).contexts
    expect(context?.changes).toMatchObject([
      { kind: 'rollout', summary: 'image web:1 -> web:2', release: { tool: 'argocd', by: 'ada' } },
    ])
  })

  test('of Helm are read from what it writes on the object', () => {
    const machine = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
    const of = (chart: string): object => ({
      annotations: { 'meta.helm.sh/release-name': 'shop-web' },
      labels: { 'helm.sh/chart': chart },
    })
    for (const [object, seconds] of [
      [deployment(1, 'web:1', -9_000, of('web-app-1.4.2')), -8_000],
      [deployment(2, 'web:2', -9_000, of('web-app-1.5.0-rc.1')), -35],
      [boom, 5],
    ] as const) {
      const read = fromKube(object, { offset: 1, observedAt: AT + seconds * 1_000 })
      if (read.ok && 'signal' in read) machine.apply(read.signal, SOURCE)
    }
    expect(machine.settle(AT + 10_000, []).contexts[0]?.changes[0]).toMatchObject({
      kind: 'rollout',
      release: { tool: 'helm', name: 'shop-web', package: 'web-app', revision: '1.5.0-rc.1' },
    })
  })

  const aRelease: fc.Arbitrary<ReleaseFact> = fc
    .record({
      rv: fc.integer({ min: 1, max: 5 }),
      member: fc.constantFrom('a', 'b'),
      deployments: fc.array(
        fc.record({
          at: fc.nat(50),
          revision: fc.constantFrom('x', 'y'),
          by: fc.constantFrom('p', 'q'),
        }),
        { maxLength: 5 },
      ),
      offset: fc.nat(9),
    })
    .map(({ rv, member, deployments, offset }) =>
      releaseFact(
        {
          t: 'release',
          offsets: [offset],
          repeats: 1,
          observedAt: 1,
          release: {
            tool: 'argocd',
            involved: { kind: 'Application', namespace: 'argocd', name: 'shop' },
            rv: String(rv),
            members: [member],
            deployments,
          },
        },
        SOURCE,
      ),
    )

  test('join in any order, any grouping, any number of times', () => {
    fc.assert(
      fc.property(fc.array(aRelease, { minLength: 2, maxLength: 12 }), fc.nat(), (all, seed) => {
        const whole = [...all, all[0]!].reduce(joinRelease)
        const cut = 1 + (seed % (all.length - 1))
        const parts = [all.slice(cut), all.slice(0, cut)].map((part) => part.reduce(joinRelease))
        const sorted = (f: ReleaseFact) => ({ ...f, records: f.records })
        expect(sorted(parts.reduce(joinRelease))).toEqual(sorted(whole))
        expect(joinRelease(whole, whole)).toEqual(whole)
        expect([...all].reverse().reduce(joinRelease)).toEqual(whole)
      }),
    )
  })
})
