import { describe, expect, test } from 'vitest'
import { rolled } from './changes.spec-helper.ts'
import {
  at,
  catalogueOf,
  deployment,
  iso,
  POD,
  sceneOf,
  symptom,
  thing,
  type Sight,
} from './scene.spec-helper.ts'

describe('a roll-out tells', () => {
  test('a literal variable by its name and that it changed, never by its value', () => {
    const env = (value: string) => ({ container: { env: [{ name: 'MODE', value }] } })
    const [change] = rolled(env('hunter2-before'), env('hunter2-after'))
    expect(change).toMatchObject({ kind: 'rollout', summary: 'env.MODE changed' })
    expect(JSON.stringify(change)).not.toContain('hunter2')
  })

  test('nothing of what the API server fills in, or puts in another order', () => {
    const [a, b] = [
      { container: { readinessProbe: { periodSeconds: 1, timeoutSeconds: 2 } } },
      {
        container: {
          readinessProbe: { timeoutSeconds: 2, periodSeconds: 1 },
          imagePullPolicy: 'IfNotPresent',
        },
        pod: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' },
      },
    ]
    expect(rolled(a, b).filter(({ kind }) => kind !== 'created')).toEqual([])
  })

  test('what its author wrote beside it', () => {
    const [change] = rolled(
      {},
      { container: { image: 'web:2' } },
      { annotations: { 'kubernetes.io/change-cause': 'release 42 of the pipeline' } },
    )
    expect(change).toMatchObject({ note: 'release 42 of the pipeline' })
  })

  test('how it rolls out, which alone makes no new pods', () => {
    const strategy = (type: string) => ({ spec: { strategy: { type } } })
    const both = rolled(strategy('RollingUpdate'), {
      ...strategy('Recreate'),
      container: { image: 'web:2' },
    })
    expect(both[0]).toMatchObject({
      kind: 'rollout',
      fields: [{ path: 'containers.main.image' }, { path: 'strategy', to: '{"type":"Recreate"}' }],
    })
    const alone = rolled(strategy('RollingUpdate'), strategy('Recreate'))
    expect(alone[0]).toMatchObject({ kind: 'config', fields: [{ path: 'strategy' }] })
    expect(rolled({}, { spec: { paused: true } })[0]).toMatchObject({
      kind: 'config',
      summary: 'paused added',
    })
  })

  test('and a change of its size is no roll-out', () => {
    expect(rolled({ spec: { replicas: 2 } }, { spec: { replicas: 9 } })[0]).toMatchObject({
      kind: 'scale',
      summary: 'replicas 2 -> 9',
    })
  })
})

test('the pods of a new revision are told from those of the old one', () => {
  const pod = (name: string, seconds: number): Sight =>
    at(
      seconds,
      thing(
        'Pod',
        name,
        { spec: {}, status: {} },
        {
          meta: {
            creationTimestamp: iso(seconds),
            ownerReferences: [
              { kind: 'ReplicaSet', name: 'web-5d6b7c8d9f', uid: 'rs', controller: true },
            ],
          },
        },
      ),
    )
  const sights = [
    at(-9000, deployment('web')),
    at(-60, deployment('web', { generation: 2, container: { image: 'web:2' } })),
  ]
  const newOf = (seconds: number): unknown => {
    const event = symptom('CrashLoop')
    const involved = { kind: 'Pod', namespace: 'shop', name: POD, uid: `uid-Pod-${POD}` }
    const of = { ...event, object: { ...event.object, involvedObject: involved } }
    const [context] = sceneOf([of, pod(POD, seconds), ...sights], {
      catalogue: catalogueOf(['CrashLoop']),
    })
    return context!.changes[0]?.failingPodsAreNew
  }
  expect([newOf(-50), newOf(-500)]).toEqual([true, false])
})
