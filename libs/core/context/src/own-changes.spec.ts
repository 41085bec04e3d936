import type { Change } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import {
  AT,
  at,
  by,
  catalogueOf,
  deployment,
  iso,
  POD,
  sceneOf,
  symptom,
  thing,
  type Sight,
} from './scene.spec-helper.ts'

const rolled = (before: object, after: object, more: object = {}): Change[] => {
  const [context] = sceneOf(
    [
      symptom('CrashLoop'),
      at(-9000, deployment('web', before)),
      at(
        -60,
        deployment('web', {
          generation: 2,
          ...after,
          meta: { ...by('kubectl-client-side-apply', -60), ...more },
        }),
      ),
    ],
    { catalogue: catalogueOf(['CrashLoop']) },
  )
  return [...context!.changes]
}

describe('a roll-out is told field by field', () => {
  const probe = (path: string) => ({ httpGet: { path, port: 80 } })
  const digest = (c: string) => `reg.io/web@sha256:${c.repeat(64)}`

  test.each<[string, string, object, object, string | null, string | null]>([
    ['the image', 'image', { image: 'r/web:1' }, { image: 'r/web:2' }, 'r/web:1', 'r/web:2'],
    [
      'its digest',
      'image',
      { image: digest('a') },
      { image: digest('b') },
      digest('a'),
      digest('b'),
    ],
    ['the command', 'command', { command: ['a'] }, { command: ['b', 'c'] }, '["a"]', '["b","c"]'],
    ['arguments', 'args', { args: ['--x'] }, {}, '["--x"]', null],
    [
      'a limit',
      'limits.memory',
      { resources: { limits: { memory: '1Gi' } } },
      { resources: { limits: { memory: '64Mi' } } },
      '1Gi',
      '64Mi',
    ],
    ['a request', 'requests.cpu', {}, { resources: { requests: { cpu: '4' } } }, null, '4'],
    [
      'readiness',
      'readinessProbe',
      { readinessProbe: probe('/a') },
      { readinessProbe: probe('/b') },
      '{"httpGet":{"path":"/a","port":80}}',
      '{"httpGet":{"path":"/b","port":80}}',
    ],
    [
      'liveness',
      'livenessProbe',
      {},
      { livenessProbe: probe('/a') },
      null,
      '{"httpGet":{"path":"/a","port":80}}',
    ],
    [
      'start-up',
      'startupProbe',
      { startupProbe: probe('/a') },
      {},
      '{"httpGet":{"path":"/a","port":80}}',
      null,
    ],
    [
      'a mount',
      'mounts./data',
      { volumeMounts: [{ name: 'a', mountPath: '/data' }] },
      { volumeMounts: [{ name: 'b', mountPath: '/data', readOnly: true }] },
      'a',
      'b read-only',
    ],
    [
      'a port',
      'ports.http',
      { ports: [{ name: 'http', containerPort: 80 }] },
      { ports: [{ name: 'http', containerPort: 8080 }] },
      '80/TCP',
      '8080/TCP',
    ],
    [
      'what the container may',
      'securityContext',
      {},
      { securityContext: { runAsNonRoot: true } },
      null,
      '{"runAsNonRoot":true}',
    ],
    [
      'a variable from elsewhere',
      'env.DB',
      { env: [{ name: 'DB', valueFrom: { secretKeyRef: { name: 'a', key: 'k' } } }] },
      { env: [{ name: 'DB', valueFrom: { secretKeyRef: { name: 'b', key: 'k' } } }] },
      'secretKeyRef:a/k',
      'secretKeyRef:b/k',
    ],
    [
      'all variables from elsewhere',
      'envFrom.secretRef:a',
      {},
      { envFrom: [{ secretRef: { name: 'a' } }] },
      null,
      'all keys',
    ],
  ])('%s', (_, path, before, after, from, to) => {
    const [change] = rolled({ container: before }, { container: after })
    expect(change).toMatchObject({
      kind: 'rollout',
      object: { kind: 'Deployment', name: 'web' },
      at: AT - 60_000,
      by: 'kubectl-client-side-apply',
      fields: [{ path: `containers.main.${path}`, from, to }],
    })
  })

  test.each<[string, string, object, object, string | null, string | null]>([
    [
      'a volume',
      'volumes.v',
      { volumes: [{ name: 'v', configMap: { name: 'a' } }] },
      { volumes: [{ name: 'v', secret: { secretName: 'b' } }] },
      'configMap:a',
      'secret:b',
    ],
    [
      'the service account',
      'serviceAccountName',
      { serviceAccountName: 'a' },
      { serviceAccountName: 'b' },
      'a',
      'b',
    ],
    ['where it may run', 'nodeSelector.disk', {}, { nodeSelector: { disk: 'ssd' } }, null, 'ssd'],
    [
      'what it tolerates',
      'tolerations',
      {},
      { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      null,
      '[{"key":"gpu","operator":"Exists"}]',
    ],
    [
      'what the pod may',
      'securityContext',
      {},
      { securityContext: { runAsUser: 0 } },
      null,
      '{"runAsUser":0}',
    ],
    [
      'a container before it',
      'initContainers.migrate.image',
      {},
      { initContainers: [{ name: 'migrate', image: 'm:1' }] },
      null,
      'm:1',
    ],
    ['the network of the node', 'hostNetwork', {}, { hostNetwork: true }, null, 'true'],
    [
      'a pull secret',
      'imagePullSecrets.reg',
      { imagePullSecrets: [{ name: 'reg' }] },
      {},
      'set',
      null,
    ],
    [
      'the time to end',
      'terminationGracePeriodSeconds',
      { terminationGracePeriodSeconds: 30 },
      { terminationGracePeriodSeconds: 1 },
      '30',
      '1',
    ],
  ])('%s of the pod', (_, path, before, after, from, to) => {
    const [change] = rolled({ pod: before }, { pod: after })
    expect(change).toMatchObject({ kind: 'rollout', fields: [{ path, from, to }] })
  })

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

describe('a CronJob', () => {
  const template = (image: string) => ({
    spec: { backoffLimit: 0, template: { spec: { containers: [{ name: 'run', image }] } } },
  })
  const cron = (schedule: string, image: string, more: object = {}, writer: object = {}): object =>
    thing(
      'CronJob',
      'nightly',
      { spec: { schedule, jobTemplate: template(image), ...more } },
      { meta: writer },
    )
  const job = (name: string, seconds: number, image: string): Sight =>
    at(
      seconds,
      thing(
        'Job',
        name,
        {
          spec: {
            ...template(image).spec,
            template: {
              metadata: { labels: { 'job-name': name, 'controller-uid': name } },
              ...template(image).spec.template,
            },
          },
        },
        {
          meta: {
            creationTimestamp: iso(seconds),
            ownerReferences: [
              { kind: 'CronJob', name: 'nightly', uid: 'uid-CronJob-nightly', controller: true },
            ],
          },
        },
      ),
    )
  const changesOf = (...sights: Sight[]): Change[] => {
    const [context] = sceneOf(
      [symptom('JobFailure', { kind: 'CronJob', name: 'nightly' }), ...sights],
      { catalogue: catalogueOf(['JobFailure']) },
    )
    return [...context!.changes]
  }

  test('with another schedule was configured, with another image rolled out, each by whom', () => {
    const first = at(-9000, cron('0 3 * * *', 'run:1'))
    const kubectl = by('kubectl', -30)
    const schedule = at(-30, cron('* * * * *', 'run:1', { suspend: true }, kubectl))
    expect(changesOf(first, schedule)[0]).toMatchObject({
      kind: 'config',
      by: 'kubectl',
      summary: 'schedule 0 3 * * * -> * * * * *, suspend added',
    })
    const image = at(-30, cron('0 3 * * *', 'run:2', {}, kubectl))
    expect(changesOf(first, image)[0]).toMatchObject({
      kind: 'rollout',
      by: 'kubectl',
      fields: [{ path: 'containers.run.image', from: 'run:1', to: 'run:2' }],
    })
  })

  test('that was made just now says with what', () => {
    const made = cron(
      '* * * * *',
      'reg.io/run:1',
      {},
      { creationTimestamp: iso(-40), ...by('kubectl', -40) },
    )
    expect(changesOf(at(-40, made))).toMatchObject([
      { kind: 'created', at: AT - 40_000, by: 'kubectl', summary: 'created with image run:1' },
    ])
  })

  test('that was never seen is known by its runs: what one has and the one before had not', () => {
    const runs = [job('nightly-1', -180, 'run:1'), job('nightly-2', -120, 'run:1')]
    expect(changesOf(...runs)).toEqual([])
    expect(changesOf(...runs, job('nightly-3', -60, 'run:2'))).toMatchObject([
      {
        kind: 'rollout',
        object: { kind: 'CronJob', name: 'nightly' },
        at: AT - 120_000,
        until: AT - 60_000,
        fields: [{ path: 'containers.run.image', from: 'run:1', to: 'run:2' }],
      },
    ])
    const back = changesOf(...runs, job('nightly-3', -60, 'run:2'), job('nightly-4', -10, 'run:1'))
    expect(back[0]).toMatchObject({ rollback: true, summary: 'rolled back: image run:2 -> run:1' })
  })
})

test('a Job of its own says with what it was made', () => {
  const job = thing(
    'Job',
    'report',
    { spec: { template: { spec: { containers: [{ name: 'run', image: 'reg.io/report:1.1' }] } } } },
    { meta: { creationTimestamp: iso(-10) } },
  )
  const [context] = sceneOf(
    [symptom('JobFailure', { kind: 'Job', name: 'report' }), at(-10, job)],
    {
      catalogue: catalogueOf(['JobFailure']),
    },
  )
  expect(context!.changes).toMatchObject([
    { kind: 'created', summary: 'created with image report:1.1' },
  ])
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
