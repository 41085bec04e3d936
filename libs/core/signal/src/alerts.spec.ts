import { describe, expect, test } from 'vitest'
import { fromLogRecord } from './from-log-record.ts'
import type { LogRecord } from './log-record.ts'
import type { ReadOne } from './read.ts'

const TOLD_AT = Date.parse('2026-11-21T01:00:30Z')
const AT = { offset: 7, kafkaAt: TOLD_AT + 500 }

/** As webhookevent 0.111 writes it: the posted text as the body, an observed time, nothing else. */
const posted = (body: unknown, resource: object = {}): LogRecord => ({
  resource: resource as LogRecord['resource'],
  attributes: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
  timeMs: null,
  observedMs: TOLD_AT,
  severityText: '',
})

const alert = (labels: object, more: object = {}): object => ({
  status: 'firing',
  labels,
  annotations: { summary: 'it is so', description: 'since a while' },
  startsAt: '2026-11-21T01:00:00.123Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph?token=hunter2',
  fingerprint: 'f1',
  ...more,
})

const webhook = (...alerts: unknown[]): object => ({
  version: '4',
  groupKey: '{}:{alertname="x"}',
  status: 'firing',
  receiver: 'kubesift',
  groupLabels: {},
  commonLabels: {},
  externalURL: 'http://alertmanager',
  truncatedAlerts: 0,
  alerts,
})

const readsOf = (body: unknown, resource?: object): readonly ReadOne[] => {
  const read = fromLogRecord(posted(body, resource), AT)
  if (!read.ok || !('each' in read)) throw new Error(JSON.stringify(read))
  return read.each
}

const signalOf = (labels: object, more: object = {}) => {
  const [one] = readsOf(webhook(alert({ alertname: 'A', ...labels }, more)))
  if (one === undefined || !('signal' in one) || one.signal.t !== 'alert')
    throw new Error(JSON.stringify(one))
  return { ...one.signal, namespace: one.namespace, cluster: one.cluster }
}

describe('an Alertmanager webhook', () => {
  test('is one signal for each of its alerts', async () => {
    const body = webhook(
      alert({
        alertname: 'KubePodCrashLooping',
        severity: 'Warning',
        namespace: 'shop',
        pod: 'checkout-58f76dcc9-bcdfg',
        container: 'app',
        job: 'kube-state-metrics',
        service: 'prom-kube-state-metrics',
        cluster: 'prod',
      }),
      alert(
        {
          alertname: 'KubeNodeNotReady',
          severity: 'critical',
          node: 'worker-1',
          namespace: 'kube-system',
        },
        { status: 'resolved', endsAt: '2026-11-21T01:00:20Z', fingerprint: 'f2' },
      ),
      { status: 'firing', labels: { namespace: 'shop' }, startsAt: '2026-11-21T01:00:00Z' },
      alert({ alertname: 'NoStart' }, { startsAt: 'soon' }),
      'no alert at all',
    )
    const text = `${JSON.stringify(readsOf(body), null, 2)}\n`
    expect(text).not.toContain('hunter2')
    await expect(text).toMatchFileSnapshot('golden/alertmanager-webhook.signals.json')
  })

  test.each([
    [{ namespace: 'n', deployment: 'web', pod: 'web-1' }, 'Deployment/n/web'],
    [{ namespace: 'n', statefulset: 'db' }, 'StatefulSet/n/db'],
    [{ namespace: 'n', daemonset: 'agent' }, 'DaemonSet/n/agent'],
    [{ namespace: 'n', job_name: 'run-1', job: 'kube-state-metrics' }, 'Job/n/run-1'],
    [{ namespace: 'n', cronjob: 'nightly' }, 'CronJob/n/nightly'],
    [{ namespace: 'n', horizontalpodautoscaler: 'web' }, 'HorizontalPodAutoscaler/n/web'],
    [{ namespace: 'n', persistentvolumeclaim: 'data', node: 'w1' }, 'PersistentVolumeClaim/n/data'],
    [{ namespace: 'n', resourcequota: 'q' }, 'ResourceQuota/n/q'],
    [{ namespace: 'n', workload: 'web', workload_type: 'deployment' }, 'Deployment/n/web'],
    [{ namespace: 'n', job: 'web', service: 'web' }, 'Service/n/web'],
    [{ namespace: 'n', service: 'x-kube-state-metrics' }, 'Alert/n/A'],
    [
      { namespace: 'monitoring', exported_namespace: 'n', exported_pod: 'p', pod: 'ksm' },
      'Pod/n/p',
    ],
    [{ node: 'w1', namespace: 'monitoring' }, 'Node//w1'],
    [{ persistentvolume: 'pv1' }, 'PersistentVolume//pv1'],
    [{ deployment: 'web' }, 'Alert//A'],
    [{ namespace: 'n', job: 'web' }, 'Alert/n/A'],
    [{ instance: '10.0.0.1:9100' }, 'Alert//A'],
  ])('with the labels %j is about %s', (labels, about) => {
    const { alert: found, namespace } = signalOf(labels)
    const { kind, name } = found.involved
    expect(`${kind}/${found.involved.namespace}/${name}`).toBe(about)
    expect(namespace).toBe(found.involved.namespace)
  })

  test('takes the cluster of the agent before that of a label', () => {
    const body = webhook(alert({ alertname: 'A', cluster: 'of-the-label' }))
    expect(readsOf(body)[0]).toMatchObject({ cluster: 'of-the-label' })
    expect(readsOf(body, { 'k8s.cluster.name': 'of-the-agent' })[0]).toMatchObject({
      cluster: 'of-the-agent',
    })
  })

  test('is told apart by its labels where no fingerprint came', () => {
    const [a, b, c] = [{ x: '1' }, { x: '2' }, { x: '1' }].map(
      (labels) => signalOf(labels, { fingerprint: undefined }).alert.fingerprint,
    )
    expect(a).toBe(c)
    expect(a).not.toBe(b)
  })

  test('ends when it says so, and never before it began or long after it was told', () => {
    const endOf = (endsAt: string | undefined): number | undefined =>
      signalOf({}, { status: 'resolved', endsAt }).alert.endsAt
    expect(endOf('2026-11-21T01:00:10Z')).toBe(Date.parse('2026-11-21T01:00:10Z'))
    expect(endOf(undefined)).toBe(TOLD_AT)
    expect(endOf('1999-01-01T00:00:00Z')).toBe(Date.parse('2026-11-21T01:00:00.123Z'))
    expect(endOf('2099-01-01T00:00:00Z')).toBe(AT.kafkaAt)
    expect(signalOf({}, { endsAt: '2026-11-21T02:00:00Z' }).alert).not.toHaveProperty('endsAt')
  })

  test('shows no secret that an annotation holds', () => {
    const annotations = {
      summary: 'login to postgres://app:hunter2@db failed',
      description: 'password=hunter2',
    }
    expect(JSON.stringify(signalOf({}, { annotations }))).not.toContain('hunter2')
  })

  test.each([
    ['labels that are none', { labels: 7 }],
    ['a list for labels', { labels: ['alertname', 'A'] }],
    [
      'keys of the prototype',
      { labels: JSON.parse('{"__proto__":{"alertname":"A"},"constructor":"x"}') as unknown },
    ],
    ['an empty name', { labels: { alertname: '' } }],
    ['a number for the start', { labels: { alertname: 'A' }, startsAt: 5 }],
  ])('with %s says why it is no alert', (_, more) => {
    expect(readsOf(webhook({ ...alert({ alertname: 'A' }), ...more }))).toMatchObject([
      { ok: false },
    ])
  })

  test('with control characters, half surrogates and endless texts stays bounded and well-formed', () => {
    const nasty = `\u0000\u0007\ud800${'x'.repeat(100_000)}`
    const labels = { alertname: nasty, namespace: nasty, pod: nasty, severity: nasty }
    const signal = signalOf(labels, { annotations: { summary: nasty }, fingerprint: nasty })
    const text = JSON.stringify(signal)
    expect(text.length).toBeLessThan(4_000)
    expect(text).not.toContain('\\u0000')
    expect(signal.alert.message.isWellFormed()).toBe(true)
  })

  test('with more alerts than anybody sends says how many were left', () => {
    const many = Array.from({ length: 5_003 }, (_, i) =>
      alert({ alertname: 'A' }, { fingerprint: String(i) }),
    )
    const reads = readsOf(webhook(...many))
    expect(reads).toHaveLength(5_001)
    expect(reads.at(-1)).toMatchObject({
      ok: false,
      why: expect.stringContaining('3 entries') as string,
    })
  })
})

test.each([
  ['{"alerts":', 'text that only begins like JSON'],
  [`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'JSON that is nested without end'],
  ['{"alerts":{"length":3}}', 'alerts that are no list'],
  ['{"hello":"world"}', 'JSON of somebody else'],
  ['[1,2]', 'a list'],
])('a posted text that is no webhook is no signal, and says so (%#)', (body) => {
  expect(fromLogRecord(posted(body), AT)).toMatchObject({ ok: false })
})
