import type { Change, Incident } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { incidentsOf } from './incidents.ts'
import { inLinks, LINK_WINDOW_MS, linkableOf, linked } from './links.ts'
import { aContext, aSpell } from './testing.ts'

const IMAGE = 'registry.example/shop/checkout@sha256:0123'

const rollout = (image: string | null, more: Partial<Change> = {}): Change => ({
  kind: 'rollout',
  object: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
  at: 0,
  summary: 'image',
  fields: [{ path: 'containers.app.image', from: 'old:1', to: image }],
  distanceMs: 5_000,
  failingPodsAreNew: true,
  evidence: 'e',
  ...more,
})

const incident = (cluster: string, changes: Change[], minute = 0, name = 'checkout'): Incident =>
  incidentsOf(
    aContext({
      cluster,
      name,
      key: `${cluster}/shop/Deployment/${name}/CrashLoop`,
      spells: [aSpell(minute, minute + 4)],
      changes,
    }),
  )[0]!

const linksIn = (incidents: readonly Incident[]): string[][] =>
  inLinks(incidents).map(({ links }) =>
    (links ?? []).map(({ cluster, why }) => `${cluster}: ${why}`),
  )

describe('links between clusters', () => {
  test('join what failed with the same new image, both ways, and say with which', () => {
    expect(
      linksIn([incident('eu', [rollout(IMAGE)]), incident('us', [rollout(IMAGE)], 30)]),
    ).toEqual([
      [`us: the new image ${IMAGE} fails in us too: CrashLoop of Deployment shop/checkout`],
      [`eu: the new image ${IMAGE} fails in eu too: CrashLoop of Deployment shop/checkout`],
    ])
  })

  test('join by a release too', () => {
    const release = { tool: 'argocd', name: 'shop', repository: 'git/shop', revision: 'abc' }
    const changes = [rollout(null, { release })]
    expect(linksIn([incident('eu', changes), incident('us', changes)])[0]).toEqual([
      'us: the release abc of git/shop fails in us too: CrashLoop of Deployment shop/checkout',
    ])
  })

  test.each([
    ['within one cluster', 'eu', IMAGE, {}, 0],
    ['with another image', 'us', 'registry.example/shop/checkout:9', {}, 0],
    [
      'where the failing pods are of the old revision',
      'us',
      IMAGE,
      { failingPodsAreNew: false },
      0,
    ],
    ['where nobody knows whose the failing pods are', 'us', IMAGE, { failingPodsAreNew: null }, 0],
    ['for a change of scale', 'us', IMAGE, { kind: 'scale' as const }, 0],
    ['more than a day later', 'us', IMAGE, {}, LINK_WINDOW_MS / 60_000 + 1],
  ])('join nothing %s', (_, cluster, image, change, minute) => {
    const pair = [
      incident('eu', [rollout(IMAGE)]),
      incident(cluster, [rollout(image, change)], minute, 'other'),
    ]
    expect(linksIn(pair)).toEqual([[], []])
  })

  test.each(['checkout', 'registry.example:5000/shop/checkout'])(
    'join nothing by %s, which names no version',
    (image) => {
      const pair = [incident('eu', [rollout(image)]), incident('us', [rollout(image)])]
      expect(linksIn(pair)).toEqual([[], []])
    },
  )

  test('are the same in any order, and each is there from both ends', () => {
    const one = fc.record({
      cluster: fc.constantFrom('eu', 'us', 'ap'),
      image: fc.constantFrom(IMAGE, 'a:1', 'b:2'),
      minute: fc.integer({ min: 0, max: 2_000 }),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (all, order) => {
        const incidents = all.map(({ cluster, image, minute }, i) =>
          incident(cluster, [rollout(image)], minute, `w${i}`),
        )
        const edges = (of: readonly Incident[]): string[] =>
          inLinks(of)
            .flatMap(({ id, links }) => (links ?? []).map(({ to }) => `${id} ${to}`))
            .sort()
        const shuffled = incidents
          .map((i) => [order.next().value ?? 0, i] as const)
          .sort(([a], [b]) => a - b)
          .map(([, i]) => i)
        expect(edges(shuffled)).toEqual(edges(incidents))
        const set = new Set(edges(incidents))
        for (const edge of set) expect(set).toContain(edge.split(' ').reverse().join(' '))
      }),
    )
  })

  test('are told once each, as a note and a revision', () => {
    const one = incident('eu', [rollout(IMAGE)])
    const later = incident('us', [rollout(IMAGE)], 30)
    const [first] = inLinks([one, later])
    const cause = { topic: 'signals', partition: 0, offset: 1, rulesHash: 'r' }
    const effect = linked(one, first!.links!, { cause, published: false })!
    expect(effect.incident.revision).toBe(one.revision + 1)
    expect(effect.notes.map(({ kind, text }) => [kind, text])).toEqual([
      ['link', `the new image ${IMAGE} fails in us too: CrashLoop of Deployment shop/checkout`],
    ])
    expect(effect.events.map(({ at }) => at)).toEqual([later.firstSeenAt])
    expect(linked(effect.incident, first!.links!, { cause, published: false })).toBeUndefined()
  })

  test('forget what was merged', () => {
    const merged: Incident = { ...incident('eu', [rollout(IMAGE)]), status: 'merged' }
    expect(linkableOf(merged).delivered).toEqual([])
  })
})
