import { describe, expect, test } from 'vitest'
import { rolled } from './changes.spec-helper.ts'
import { AT } from './scene.spec-helper.ts'

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
})
