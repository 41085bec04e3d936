import type { Change } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import {
  AT,
  at,
  by,
  catalogueOf,
  iso,
  sceneOf,
  symptom,
  thing,
  type Sight,
} from './scene.spec-helper.ts'

describe('a node', () => {
  const node = (
    {
      spec = {},
      labels = {},
      status = {},
      ready = ['True', -9000] as [string, number],
      heard = 0,
    } = {},
    writer: object = {},
  ): object =>
    thing(
      'Node',
      'worker-2',
      {
        spec,
        status: {
          allocatable: { memory: '8Gi' },
          nodeInfo: { kubeletVersion: 'v1.34.1' },
          conditions: [
            {
              type: 'Ready',
              status: ready[0],
              reason: 'NodeStatusUnknown',
              lastTransitionTime: iso(ready[1]),
              lastHeartbeatTime: iso(heard),
            },
            ...((status as { conditions?: object[] }).conditions ?? []),
          ],
          ...Object.fromEntries(Object.entries(status).filter(([key]) => key !== 'conditions')),
        },
      },
      { namespace: '', meta: { labels, ...writer } },
    )

  const changesOf = (...sights: Sight[]): Change[] => {
    const [context] = sceneOf(
      [symptom('NodeNotReady', { kind: 'Node', name: 'worker-2', namespace: '' }), ...sights],
      { catalogue: catalogueOf(['NodeNotReady'], 'node'), namespace: '' },
    )
    return [...context!.changes]
  }

  test.each<[string, object, string]>([
    ['is cordoned', { spec: { unschedulable: true } }, 'unschedulable added (true)'],
    [
      'is tainted',
      { spec: { taints: [{ key: 'maintenance', effect: 'NoExecute' }] } },
      'taints.maintenance:NoExecute added (set)',
    ],
    ['has shrunk', { status: { allocatable: { memory: '1Gi' } } }, 'allocatable.memory 8Gi -> 1Gi'],
    [
      'is of another version',
      { status: { nodeInfo: { kubeletVersion: 'v1.35.0' } } },
      'kubeletVersion v1.34.1 -> v1.35.0',
    ],
    [
      'was started anew',
      { status: { nodeInfo: { kubeletVersion: 'v1.34.1', bootID: 'b' } } },
      'bootID added',
    ],
    [
      'has another zone',
      { labels: { 'topology.kubernetes.io/zone': 'b' } },
      'labels.topology.kubernetes.io/zone added',
    ],
  ])('that %s has changed', (_, after, summary) => {
    const changes = changesOf(at(-9000, node()), at(-30, node(after, by('kubectl-cordon', -30))))
    expect(changes[0]).toMatchObject({
      kind: 'node',
      object: { kind: 'Node', name: 'worker-2' },
      at: AT - 30_000,
      by: 'kubectl-cordon',
      summary,
    })
  })

  test('has not changed by what its controller taints it with', () => {
    const taints = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }]
    expect(changesOf(at(-9000, node()), at(-1, node({ spec: { taints } })))).toEqual([])
  })

  test('that is missed stopped between its last heartbeat and that', () => {
    const lost = node({ ready: ['Unknown', 0], heard: -40 })
    expect(changesOf(at(-9000, node()), at(0, lost))).toMatchObject([
      {
        kind: 'node',
        at: AT - 40_000,
        until: AT,
        summary: 'Ready -> Unknown (NodeStatusUnknown): last heartbeat 40 s before it was missed',
      },
    ])
  })

  test('that says itself that it is not ready, or under pressure, says when', () => {
    const pressed = node({
      ready: ['False', -2],
      status: {
        conditions: [
          { type: 'MemoryPressure', status: 'True', reason: 'Low', lastTransitionTime: iso(-9) },
          { type: 'NetworkUnavailable', status: 'False', lastTransitionTime: iso(-5) },
        ],
      },
    })
    expect(
      changesOf(at(-9000, node()), at(-1, pressed)).map((c) => [c.at - AT, c.summary]),
    ).toEqual([
      [-2_000, 'Ready -> False (NodeStatusUnknown)'],
      [-9_000, 'MemoryPressure -> True (Low)'],
    ])
  })
})
