import { describe, expect, test } from 'vitest'
import { fromLogRecord } from '../from-log-record.ts'
import type { ReadOne } from '../read.ts'

const AT = { offset: 5, kafkaAt: Date.parse('2026-11-21T01:00:10Z') }
const readsOf = (body: unknown, resource = {}, more: object = {}): readonly ReadOne[] => {
  const read = fromLogRecord(
    {
      resource,
      attributes: {},
      body,
      timeMs: null,
      observedMs: AT.kafkaAt,
      severityText: '',
      ...more,
    },
    AT,
  )
  return read.ok && 'each' in read ? read.each : [read]
}

const flow = (more: object = {}): object => ({
  flow: {
    time: '2026-11-21T01:00:00.123456789Z',
    verdict: 'DROPPED',
    drop_reason: 133,
    drop_reason_desc: 'POLICY_DENIED',
    ethernet: { source: 'aa:bb', destination: 'cc:dd' },
    IP: { source: '10.0.0.7', destination: '10.0.1.9', ipVersion: 'IPv4' },
    l4: { TCP: { source_port: 43210, destination_port: 8080, flags: { SYN: true } } },
    source: {
      ID: 1,
      namespace: 'shop',
      labels: ['k8s:app=web'],
      pod_name: 'web-5d6b7c8d9f-bcdfg',
      workloads: [{ name: 'web', kind: 'Deployment' }],
    },
    destination: { ID: 2, namespace: 'pay', labels: ['k8s:app=payments'], pod_name: 'payments-0' },
    Type: 'L3_L4',
    node_name: 'lab/worker-1',
    traffic_direction: 'EGRESS',
    Summary: 'TCP Flags: SYN',
    ...more,
  },
  node_name: 'lab/worker-1',
  time: '2026-11-21T01:00:00.123456789Z',
})

describe('a dropped flow of Hubble', () => {
  test('is a pattern of both its ends, each with the other', async () => {
    const reads = readsOf(JSON.stringify(flow()))
    await expect(`${JSON.stringify(reads, null, 2)}\n`).toMatchFileSnapshot(
      '../golden/hubble-drop.signals.json',
    )
    expect(readsOf(flow())).toEqual(reads)
  })

  test('from the world is one of the receiver alone, and not as a symptom', () => {
    const world = { identity: 2, labels: ['reserved:world'] }
    expect(readsOf(flow({ source: world, traffic_direction: 'INGRESS' }))).toMatchObject([
      {
        signal: {
          pattern: { reason: 'InboundFlowDenied', peer: { kind: 'External', name: 'world' } },
        },
      },
    ])
  })

  test('to a name outside is one of the sender, with the name', () => {
    const out = {
      destination: { labels: ['reserved:world'] },
      destination_names: ['api.example.org'],
    }
    expect(readsOf(flow(out))).toMatchObject([
      {
        namespace: 'shop',
        signal: { pattern: { peer: { kind: 'External', name: 'api.example.org' } } },
      },
    ])
  })

  test('for another reason than a policy is called so', () => {
    expect(readsOf(flow({ drop_reason_desc: 'CT_MAP_INSERTION_FAILED' }))).toMatchObject([
      { signal: { pattern: { reason: 'FlowDropped' } } },
      { signal: { pattern: { reason: 'InboundFlowDropped' } } },
    ])
  })

  test.each(['FORWARDED', 'AUDIT', 'REDIRECTED', 'TRACED'])(
    'that is %s says nothing',
    (verdict) => {
      expect(readsOf(flow({ verdict }))).toMatchObject([
        { ok: true, skipped: expect.any(String) as string },
      ])
    },
  )

  test('whose ends are unknown is no signal, and says so', () => {
    expect(readsOf(flow({ source: 7, destination: null }))).toMatchObject([{ ok: false }])
  })

  test('with anything in its fields stays bounded', () => {
    const nasty = `\u0000${'x'.repeat(100_000)}`
    const end = {
      namespace: nasty,
      pod_name: nasty,
      workloads: [{ name: nasty, kind: nasty }],
      labels: [nasty, 7],
    }
    const text = JSON.stringify(
      readsOf(
        flow({
          source: end,
          destination: end,
          drop_reason_desc: nasty,
          Summary: nasty,
          l4: { [nasty]: 1 },
        }),
      ),
    )
    expect(text.length).toBeLessThan(10_000)
    expect(text).not.toContain('\\u0000')
  })
})

const SIDECAR = {
  'k8s.namespace.name': 'shop',
  'k8s.pod.name': 'web-5d6b7c8d9f-bcdfg',
  'k8s.container.name': 'istio-proxy',
}
const access = (more: object = {}): string =>
  JSON.stringify({
    start_time: '2026-11-21T01:00:00.000Z',
    method: 'GET',
    path: '/pay?token=hunter2',
    protocol: 'HTTP/1.1',
    response_code: 503,
    response_flags: 'UF,URX',
    response_code_details: 'upstream_reset_before_response_started{connection_failure}',
    upstream_transport_failure_reason: 'delayed_connect_error:_111',
    upstream_cluster: 'outbound|8080||payments.pay.svc.cluster.local',
    upstream_host: '10.0.1.9:8080',
    authority: 'payments.pay:8080',
    user_agent: 'curl',
    ...more,
  })

describe('a line of Envoy’s access log', () => {
  test('of a call that failed is a pattern of the caller, and of the Service that it called', async () => {
    const reads = readsOf(access(), SIDECAR)
    const text = `${JSON.stringify(reads, null, 2)}\n`
    expect(text).not.toContain('hunter2')
    await expect(text).toMatchFileSnapshot('../golden/envoy-failure.signals.json')
  })

  test.each([
    [{ response_flags: 'UH' }, 'NoHealthyUpstream'],
    [{ response_flags: 'NR', response_code: 404, upstream_cluster: null }, 'NoRoute'],
    [{ response_flags: 'UO' }, 'UpstreamOverflow'],
    [{ response_flags: 'UT', response_code: 504 }, 'UpstreamTimeout'],
    [{ response_flags: '-', response_code: '500' }, 'Http5xx'],
    [
      { response_flags: '-', response_code: 500, upstream_cluster: 'inbound|8080||' },
      'InboundHttp5xx',
    ],
  ])('%j is %s', (more, reason) => {
    expect(readsOf(access(more), SIDECAR)[0]).toMatchObject({ signal: { pattern: { reason } } })
  })

  test.each([
    [{ response_flags: '-', response_code: 200 }],
    [{ response_flags: 'DC', response_code: 0 }],
    [{ response_flags: null, response_code: 404 }],
  ])('%j says nothing', (more) => {
    expect(readsOf(access(more), SIDECAR)).toMatchObject([
      { skipped: expect.any(String) as string },
    ])
  })

  test('with anything in its fields stays bounded', () => {
    const nasty = `\u0000"${'x'.repeat(100_000)}`
    const all = Object.fromEntries(
      Object.keys(JSON.parse(access()) as object).map((key) => [key, nasty]),
    )
    const text = JSON.stringify(readsOf(access({ ...all, response_code: 503 }), SIDECAR))
    expect(text.length).toBeLessThan(5_000)
  })
})
