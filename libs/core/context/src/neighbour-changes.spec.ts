import { describe, expect, test } from 'vitest'
import { changesOf, web } from './changes.spec-helper.ts'
import {
  AT,
  at,
  by,
  catalogueOf,
  gone,
  iso,
  POD,
  sceneOf,
  symptom,
  thing,
  type Sight,
} from './scene.spec-helper.ts'

describe('a quota', () => {
  const quota = (pods: string, seconds: number): Sight =>
    at(
      seconds,
      thing(
        'ResourceQuota',
        'compute',
        { spec: { hard: { pods } }, status: { hard: { pods }, used: { pods: '4' } } },
        { meta: by('kubectl-edit', seconds) },
      ),
    )
  const lowered = [web(), quota('8', -9000), quota('4', -60)]

  test('that was lowered explains the pods that it refuses: which key, by whom, when', () => {
    expect(changesOf('QuotaExceeded', lowered)).toMatchObject([
      {
        kind: 'config',
        object: { kind: 'ResourceQuota', name: 'compute' },
        at: AT - 60_000,
        distanceMs: 60_000,
        by: 'kubectl-edit',
        summary: 'hard.pods 8 -> 4',
        fields: [{ path: 'hard.pods', from: '8', to: '4' }],
        failingPodsAreNew: null,
        via: 'it holds for all pods of the namespace',
      },
    ])
  })

  test('of which the refusal does not speak explains nothing, and neither does one beside another trouble', () => {
    expect(changesOf('QuotaExceeded', lowered, 'exceeded quota: other, requested: pods=1')).toEqual(
      [],
    )
    expect(
      changesOf('QuotaExceeded', lowered, 'exceeded quota: compute, requested: pods=1'),
    ).toHaveLength(1)
    expect(changesOf('CrashLoop', lowered)).toEqual([])
  })

  test('whose use alone moves has not changed', () => {
    const used = at(
      -30,
      thing('ResourceQuota', 'compute', {
        spec: { hard: { pods: '8' } },
        status: { hard: { pods: '8' }, used: { pods: '8' } },
      }),
    )
    expect(changesOf('QuotaExceeded', [web(), quota('8', -9000), used])).toEqual([])
  })
})

test('a limit range is a change for pods that it refuses', () => {
  const range = (memory: string, seconds: number): Sight =>
    at(
      seconds,
      thing('LimitRange', 'sizes', { spec: { limits: [{ type: 'Container', max: { memory } }] } }),
    )
  expect(
    changesOf('QuotaExceeded', [web(), range('1Gi', -9000), range('64Mi', -20)]),
  ).toMatchObject([
    { fields: [{ path: 'Container.max.memory', from: '1Gi', to: '64Mi' }], distanceMs: 20_000 },
  ])
})

test('an autoscaler whose bounds were moved explains what it asked for, at its own target only', () => {
  const scaler = (name: string, target: string, maxReplicas: number, seconds: number): Sight =>
    at(
      seconds,
      thing('HorizontalPodAutoscaler', name, {
        spec: { scaleTargetRef: { kind: 'Deployment', name: target }, minReplicas: 1, maxReplicas },
      }),
    )
  const sights = [
    web(),
    scaler('a', 'web', 3, -9000),
    scaler('a', 'web', 30, -20),
    scaler('b', 'other', 3, -9000),
    scaler('b', 'other', 30, -10),
  ]
  expect(changesOf('Scheduling', sights)).toMatchObject([
    { object: { name: 'a' }, summary: 'maxReplicas 3 -> 30', via: 'it scales it' },
  ])
})

describe('a network policy', () => {
  const policy = (podSelector: object, more: object = {}): Sight =>
    at(
      -30,
      thing(
        'NetworkPolicy',
        'deny',
        { spec: { podSelector, policyTypes: ['Ingress'], ...more } },
        { meta: { creationTimestamp: iso(-30), ...by('kubectl-client-side-apply', -30) } },
      ),
    )

  test.each([
    ['all', {}, 1],
    ['by a label', { matchLabels: { app: 'web' } }, 1],
    ['by another label', { matchLabels: { app: 'api' } }, 0],
    ['by a label with dots', { matchLabels: { 'app.kubernetes.io/name': 'web' } }, 0],
    [
      'by an expression',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'web'] }] },
      1,
    ],
    ['but those', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, 0],
    ['who have it', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, 1],
    ['who have it not', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, 0],
    [
      'in both ways',
      { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] },
      0,
    ],
    ['by what is no expression', { matchExpressions: [{ key: 'x', operator: 'Like' }] }, 0],
  ])('explains failing probes of those whom it selects: %s', (_, selector, count) => {
    expect(changesOf('ProbeFailure', [web(), policy(selector)])).toHaveLength(count)
  })

  test('is told with its making, changing and end, by whom', () => {
    const [made] = changesOf('ProbeFailure', [web(), policy({})])
    expect(made).toMatchObject({
      kind: 'created',
      at: AT - 30_000,
      by: 'kubectl-client-side-apply',
      via: 'it selects its pods',
    })
    const changed = changesOf('ProbeFailure', [
      web(),
      policy({}),
      at(
        -10,
        thing('NetworkPolicy', 'deny', { spec: { podSelector: {}, policyTypes: ['Egress'] } }),
      ),
    ])
    expect(changed.map(({ summary }) => summary)).toEqual(
      expect.arrayContaining(['policyTypes ["Ingress"] -> ["Egress"]']),
    )
    const removed = changesOf('ProbeFailure', [
      web(),
      policy({}),
      gone(-10, thing('NetworkPolicy', 'deny', { spec: { podSelector: {} } })),
    ])
    expect(removed[0]).toMatchObject({ summary: 'deleted', distanceMs: 10_000 })
  })

  test('does not explain that an image is not there', () => {
    expect(changesOf('ImagePull', [web(), policy({})])).toEqual([])
  })
})

test('a node that was missed is told beside the pods that ran on it', () => {
  const pod = at(
    -100,
    thing('Pod', POD, {
      spec: { nodeName: 'worker-2', containers: [{ name: 'main', image: 'web:1' }] },
      status: { phase: 'Running' },
    }),
  )
  const [context] = sceneOf([symptom('NodeNotReady'), pod], {
    catalogue: catalogueOf(['NodeNotReady']),
  })
  expect(context!.changes).toMatchObject([
    { kind: 'node', object: { kind: 'Node', name: 'worker-2' }, at: AT, via: `${POD} runs on it` },
  ])
})
