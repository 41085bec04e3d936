import { catalogueSchema } from '@kubesift/contracts'
import { metric, MIN, Reader, T0 } from './metrics.spec-helper.ts'

const rules = catalogueSchema.parse({
  metrics: [
    {
      name: 'HealthCheckFailed',
      breach: [
        {
          metric: 'httpcheck.status',
          where: { 'http.status_class': ['4xx', '5xx'] },
          atLeast: 1,
        },
        { metric: 'httpcheck.error', atLeast: 1 },
      ],
      well: [
        {
          metric: 'httpcheck.status',
          where: { 'http.status_class': ['1xx', '2xx', '3xx'] },
          atLeast: 1,
        },
      ],
      problem: 'HealthCheck',
    },
    {
      name: 'DeploymentUnavailable',
      breach: [{ metric: 'k8s.deployment.available', below: 'k8s.deployment.desired' }],
      for: '2m',
      problem: 'Unavailable',
    },
    {
      name: 'ContainerRestarts',
      breach: [{ metric: 'k8s.container.restarts', rises: { by: 3, within: '20m' } }],
      problem: 'CrashLoop',
    },
    {
      name: 'PodNotRunning',
      breach: [{ metric: 'k8s.pod.phase', is: [1, 5] }],
      problem: 'Unavailable',
    },
    {
      name: 'MemoryNearLimit',
      breach: [{ metric: 'k8s.container.memory_limit_utilization', atLeast: 0.9 }],
      observe: 'because',
    },
  ],
}).metrics!

export const reader = (): Reader => new Reader(rules)
const deployment = { 'k8s.deployment.name': 'web', 'k8s.namespace.name': 'shop' }
export const container = {
  'k8s.pod.name': 'web-1',
  'k8s.pod.uid': 'u1',
  'k8s.namespace.name': 'shop',
  'k8s.container.name': 'app',
}
export const replicas = (at: number, available: number, desired: number) => {
  const of = { resource: deployment, receiver: 'k8sclusterreceiver' }
  return [
    metric('k8s.deployment.available', [{ timeMs: at, value: available }], of),
    metric('k8s.deployment.desired', [{ timeMs: at, value: desired }], of),
  ]
}
export const of = (name: string, value: number, timeMs = T0) =>
  metric(name, [{ timeMs, value }], { resource: container, receiver: 'kubeletstatsreceiver' })
/** What is told, in short. */
export const told = (signals: readonly unknown[]) =>
  signals.map((s) => {
    if (typeof s === 'string') return s
    const { breach, since, at } = s as { breach: boolean; since: number; at: number }
    return [breach ? 'breach' : 'well', (since - T0) / MIN, (at - T0) / MIN]
  })
