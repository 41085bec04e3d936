import { describe, expect, test } from 'vitest'
import { event, list, of, run } from './testing.ts'

const FROM = '2026-11-21T01:02:00Z'

const alert = (alertname: string, labels: object = {}, more: object = {}): object => ({
  status: 'firing',
  labels: { alertname, severity: 'warning', namespace: 'shop', ...labels },
  annotations: { summary: `${alertname} fires` },
  startsAt: FROM,
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: JSON.stringify([alertname, labels]),
  ...more,
})
const webhook = (...alerts: object[]): string =>
  JSON.stringify({ version: '4', status: 'firing', receiver: 'r', alerts })

const problemsOf = async (...alerts: object[]): Promise<string[]> => {
  const { incidents } = await run([of('webhook.json', webhook(...alerts))])
  return incidents.map((i) => `${i.resourceKind}/${i.resourceName} ${i.problem} ${i.severity}`)
}

describe('the shipped catalogue', () => {
  test.each([
    ['KubePodCrashLooping', { pod: 'web-5d6b7c8d9f-bcdfg' }, 'Deployment/web CrashLoop P2'],
    ['KubePodNotReady', { pod: 'web-5d6b7c8d9f-bcdfg' }, 'Deployment/web Unavailable P3'],
    ['KubeDeploymentReplicasMismatch', { deployment: 'web' }, 'Deployment/web Unavailable P3'],
    ['KubeStatefulSetUpdateNotRolledOut', { statefulset: 'db' }, 'StatefulSet/db RolloutStuck P3'],
    ['KubeJobFailed', { job_name: 'nightly-27395520' }, 'CronJob/nightly JobFailure P3'],
    ['KubeNodeNotReady', { node: 'worker-1' }, 'Node/worker-1 NodeNotReady P1'],
    [
      'KubePersistentVolumeFillingUp',
      { persistentvolumeclaim: 'data' },
      'PersistentVolumeClaim/data StorageFull P2',
    ],
    [
      'KubeHpaMaxedOut',
      { horizontalpodautoscaler: 'web' },
      'HorizontalPodAutoscaler/web Autoscaling P3',
    ],
    ['KubeQuotaExceeded', { resourcequota: 'q' }, 'ResourceQuota/q QuotaExceeded P2'],
    [
      'CPUThrottlingHigh',
      { pod: 'web-5d6b7c8d9f-bcdfg', severity: 'info' },
      'Deployment/web CpuThrottling P4',
    ],
    ['TargetDown', { service: 'web', job: 'web' }, 'Service/web ScrapeFailure P3'],
    ['MyOwn', {}, 'Alert/MyOwn Alert P3'],
    ['MyOwn', { severity: 'critical' }, 'Alert/MyOwn Alert P2'],
    ['MyOwn', { severity: 'page', deployment: 'web' }, 'Deployment/web Alert P1'],
  ])('makes of %s %j: %s', async (name, labels, incident) => {
    expect(await problemsOf(alert(name, labels))).toEqual([incident])
  })

  test.each([
    ['Watchdog', { severity: 'none' }, 'heartbeat'],
    ['InfoInhibitor', { severity: 'none' }, 'hold them back'],
    ['MyOwn', { severity: 'info' }, 'level info'],
  ])('opens nothing for %s %j, and says why', async (name, labels, why) => {
    const { incidents, ignored } = await run([of('w.json', webhook(alert(name, labels)))])
    expect(incidents).toEqual([])
    expect(ignored).toMatchObject([
      { reason: name, count: 1, why: expect.stringContaining(why) as string },
    ])
  })
})

test('an alert about an owner that has an incident of that problem is a reason of it', async () => {
  const inputs = [
    of('events.json', list(event('a'))),
    of(
      'webhook.json',
      webhook(
        alert('KubePodCrashLooping', { pod: 'checkout-58f76dcc9-bcdfg', cluster: 'local' }),
        alert('KubeDeploymentReplicasMismatch', { deployment: 'checkout' }),
      ),
    ),
  ]
  const { incidents, stats } = await run(inputs)
  expect(incidents).toMatchObject([{ problem: 'CrashLoop', occurrenceCount: 7 }])
  expect(incidents[0]?.reasons).toEqual([
    'BackOff',
    'KubeDeploymentReplicasMismatch',
    'KubePodCrashLooping',
  ])
  expect(stats).toMatchObject({ records: 3, events: 1, others: 2, rejected: 0 })
})

test('a resolved alert ends its incident', async () => {
  const ended = { status: 'resolved', endsAt: '2026-11-21T01:12:00Z' }
  const body = webhook(alert('KubeJobFailed', { job_name: 'run' }, ended))
  const at = (now: string) => run([of('w.json', body)], { now: Date.parse(now) })
  expect((await at('2026-11-21T01:12:05Z')).incidents).toMatchObject([{ status: 'open' }])
  expect((await at('2026-11-21T01:12:10Z')).incidents).toMatchObject([
    { status: 'resolved', resolution: expect.stringContaining('its alert is resolved') as string },
  ])
})
