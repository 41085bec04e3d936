import type { Progress } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { sourcesAfter, sourcesOf, type ClusterSources } from './cluster-sources.ts'
import { advance, NO_CLOCK } from './watermark.ts'

interface Told {
  readonly partition?: number
  readonly from?: number
  readonly cluster?: string
  readonly home?: number
  readonly sources: Record<string, readonly [firstAt: number, lastAt: number, count: number]>
}

const progress = ({
  partition = 0,
  from = 0,
  cluster = 'c',
  home = 3,
  sources,
}: Told): Progress => ({
  kind: 'progress',
  topic: 'otel-logs',
  partitions: 2,
  writtenAt: 1,
  reports: [
    {
      partition,
      next: 9,
      caughtUp: true,
      asOf: 1,
      clusters: {
        [cluster]: {
          home,
          sourcesFrom: from,
          sources: Object.fromEntries(
            Object.entries(sources).map(([kind, [firstAt, lastAt, count]]) => [
              kind,
              { firstAt, lastAt, count },
            ]),
          ),
        },
      },
    },
  ],
})

const after = (...told: Told[]): ClusterSources =>
  told.reduce<ClusterSources>(
    (known, t) => sourcesAfter(known, progress(t), (home) => home === 3),
    {},
  )

const shown = (known: ClusterSources, cluster = 'c'): string[] =>
  sourcesOf(known, cluster).map((s) => `${s.source} ${s.firstSeenAt}-${s.lastSeenAt} ${s.count}`)

test('a reader that tells again tells of the same; partitions add up', () => {
  const known = after(
    { sources: { k8s_events: [5, 6, 2] } },
    { sources: { k8s_events: [5, 9, 7], argocd: [8, 8, 1] } },
    { sources: { k8s_events: [5, 6, 2] } },
    { partition: 1, sources: { k8s_events: [2, 7, 1] } },
  )
  expect(shown(known)).toEqual(['argocd 8-8 1', 'k8s_events 2-9 8'])
})

test('what a former reader told is not forgotten when another begins', () => {
  const known = after(
    { sources: { k8s_events: [5, 6, 2], trivy: [5, 5, 1] } },
    { from: 40, sources: { k8s_events: [9, 9, 1] } },
    { from: 40, sources: { k8s_events: [9, 11, 3] } },
  )
  expect(shown(known)).toEqual(['k8s_events 5-11 5', 'trivy 5-5 1'])
})

test('only clusters that are at home here are kept, whatever they are called', () => {
  const sources: Told['sources'] = { k8s_events: [1, 1, 1] }
  const known = after(
    { cluster: 'elsewhere', home: 1, sources },
    { cluster: 'constructor', sources },
    { cluster: '__proto__', sources: { other: [1, 2, 3] } },
  )
  expect(shown(known, 'elsewhere')).toEqual([])
  expect(shown(known, 'constructor')).toEqual(['k8s_events 1-1 1'])
  expect(shown(known, 'toString')).toEqual([])
})

test('the clock carries them on, and keeps them out of its reports', () => {
  const seen = after({ sources: { k8s_events: [5, 6, 2] } })
  const clock = advance({ ...NO_CLOCK, seen }, progress({ sources: { k8s_events: [5, 6, 2] } }))
  expect(clock.seen).toBe(seen)
  expect(JSON.stringify(clock.sources)).not.toContain('k8s_events')
})
