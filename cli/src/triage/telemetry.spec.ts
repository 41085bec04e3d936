import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Context } from '@kubesift/contracts'
import { catalogue, event, knowns, list, of, pathOf, run } from './testing.ts'
import { decide, takeIn, type TriageInput } from './triage.ts'

const AT = Date.parse('2026-11-21T01:00:00Z')
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const nanos = (minutes: number): string => String(BigInt(AT + minutes * 60_000) * 1_000_000n)

const gauge = (name: string, asInt: number, minutes: number, attributes: object[] = []) => ({
  name,
  gauge: { dataPoints: [{ asInt: String(asInt), timeUnixNano: nanos(minutes), attributes }] },
})
const metrics = (resource: object[], ...list_: object[]): string =>
  JSON.stringify({
    resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ metrics: list_ }] }],
  })
const checked = (status: number, minutes: number): string =>
  metrics(
    [],
    gauge('httpcheck.status', 1, minutes, [
      text('http.url', 'http://cart.shop.svc/'),
      text('http.status_class', `${Math.floor(status / 100)}xx`),
    ]),
  )
const shop = text('k8s.namespace.name', 'shop')
const web = [shop, text('k8s.deployment.name', 'web')]
const replicas = (available: number, minutes: number): string =>
  metrics(
    web,
    gauge('k8s.deployment.available', available, minutes),
    gauge('k8s.deployment.desired', 3, minutes),
  )
const container = [
  shop,
  text('k8s.pod.name', 'web-5d6b7c8d9f-bcdfg'),
  text('k8s.container.name', 'app'),
]

/** As of half an hour later. */
const problemsOf = async (...lines: string[]): Promise<string[]> => {
  const now = AT + 30 * 60_000
  const { incidents } = await run([of('telemetry.jsonl', lines.join('\n'))], { now })
  return incidents.map(
    (i) => `${i.resourceKind}/${i.resourceName} ${i.problem} ${i.severity} ${i.status}`,
  )
}

const contextsOf = async (...inputs: TriageInput[]): Promise<Context[]> => {
  const options = { catalogue, knowns, cluster: 'c', clock: () => 0, onRejected: () => undefined }
  const { chunks } = await takeIn(inputs, options)
  return decide(chunks, options).incidents.map(({ incident }) => incident.context)
}

describe('metrics, by the shipped catalogue', () => {
  test('a health check that fails is an incident until it is good again', async () => {
    expect(await problemsOf(checked(200, 0), checked(503, 1), checked(500, 2))).toEqual([
      'Service/cart HealthCheck P2 open',
    ])
    expect(await problemsOf(checked(503, 1), checked(503, 2), checked(204, 3))).toEqual([
      'Service/cart HealthCheck P2 resolved',
    ])
    // One that failed once is none.
    expect(await problemsOf(checked(200, 0), checked(503, 1), checked(200, 2))).toEqual([])
  })

  test('replicas that are missing are an incident once they are for a quarter of an hour', async () => {
    const missing = Array.from({ length: 17 }, (_, i) => replicas(1, i))
    expect(await problemsOf(...missing.slice(0, 15))).toEqual([])
    expect(await problemsOf(...missing)).toEqual(['Deployment/web Unavailable P3 open'])
  })

  test('of one workload it is one incident with what breaks it, whichever was seen first', async () => {
    const cluster = list(
      object('Deployment', 'cart', 'shop', { template: { metadata: { labels: { app: 'c' } } } }),
      object('Service', 'cart', 'shop', { selector: { app: 'c' } }),
      fails('cart', 'BackOff', 'shop', 120),
    )
    for (const [from, problem] of [
      [1, 'HealthCheck'],
      [3, 'CrashLoop'],
    ] as const) {
      const checks = [0, 1, 2].map((i) => checked(503, from + i)).join('\n')
      const { incidents } = await run([of('a', cluster), of('b', checks)])
      expect(incidents.map((i) => `${i.resourceKind}/${i.resourceName} ${i.problem}`)).toEqual([
        `Deployment/cart ${problem}`,
      ])
      expect(incidents[0]?.reasons).toEqual(['BackOff', 'HealthCheckFailed'])
    }
  })

  test('restarts and memory near its limit are none, and stand beside the incident that it may explain', async () => {
    const near = (minutes: number) =>
      metrics(container, {
        name: 'k8s.container.memory_limit_utilization',
        gauge: { dataPoints: [{ asDouble: 0.97, timeUnixNano: nanos(minutes) }] },
      })
    const restarts = [7, 8, 9, 10].map((n, i) =>
      metrics(container, gauge('k8s.container.restarts', n, i)),
    )
    expect(await problemsOf(near(0), near(2), ...restarts)).toEqual([])
    const killed = event('e', {
      reason: 'BackOff',
      message: 'Back-off restarting failed container',
      count: 9,
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-5d6b7c8d9f-bcdfg' },
      firstTimestamp: '2026-11-21T01:01:00Z',
      lastTimestamp: '2026-11-21T01:03:00Z',
    })
    const lines = [near(0), near(2), ...restarts].join('\n')
    const [context, ...others] = await contextsOf(of('a', lines), of('b', list(killed)))
    expect([context?.problem, others]).toEqual(['CrashLoop', []])
    expect(context?.observations).toMatchObject([
      { reason: 'MemoryNearLimit', object: { name: 'web-5d6b7c8d9f-bcdfg' }, container: 'app' },
      { reason: 'ContainerRestarts' },
    ])
  })
})

test('what metrics say of a recorded storm stays with the incidents that Events open', async () => {
  const dir = pathOf('e2e/recordings/probes-failing')
  const recorded = (name: string) =>
    of(name, gunzipSync(readFileSync(`${dir}/${name}.otlp.jsonl.gz`)).toString('utf8'))
  const without = await run([recorded('objects'), recorded('events')])
  const with_ = await run([recorded('objects'), recorded('events'), recorded('metrics')])
  expect(with_.incidents.map((i) => [i.key, i.occurrenceCount])).toEqual(
    without.incidents.map((i) => [i.key, i.occurrenceCount]),
  )
  const contexts = await contextsOf(recorded('objects'), recorded('events'), recorded('metrics'))
  const payments = contexts.find(({ owner }) => owner.name === 'payments')
  expect(payments?.observations).toMatchObject([
    { source: 'k8s_cluster', reason: 'ContainerRestarts', container: 'payments' },
  ])
})

const spans = (resource: object[], ...list_: object[]): string =>
  JSON.stringify({
    resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans: list_ }] }],
  })
const call = (host: string): object => ({
  traceId: 'f'.repeat(32),
  spanId: 'a'.repeat(16),
  name: 'POST /pay',
  kind: 3,
  endTimeUnixNano: nanos(0),
  attributes: [text('server.address', host)],
  status: { code: 2, message: 'connection refused' },
})
const fails = (workload: string, reason: string, namespace: string, seconds: number): unknown =>
  event(`${workload}-${reason}`, {
    reason,
    message:
      reason === 'BackOff' ? 'Back-off restarting failed container' : 'Readiness probe failed',
    count: 40,
    metadata: { name: workload, namespace, uid: `${workload}-${reason}` },
    involvedObject: { kind: 'Pod', namespace, name: `${workload}-5d6b7c8d9f-bcdfg` },
    firstTimestamp: new Date(AT + seconds * 1_000).toISOString(),
    lastTimestamp: new Date(AT + 600_000).toISOString(),
  })
const object = (kind: string, name: string, namespace: string, spec: object): unknown => ({
  apiVersion: kind === 'Service' ? 'v1' : 'apps/v1',
  kind,
  metadata: {
    name,
    namespace,
    uid: `${kind}-${name}`,
    generation: 1,
    creationTimestamp: '2026-11-20T00:00:00Z',
  },
  spec,
})

describe('traces', () => {
  const cluster = of(
    'cluster.json',
    list(
      object('Deployment', 'payments', 'pay', {
        template: { metadata: { labels: { app: 'pay' } } },
      }),
      object('Service', 'payments-api', 'pay', { selector: { app: 'pay' } }),
      fails('cart', 'Unhealthy', 'shop', 0),
      fails('payments', 'BackOff', 'pay', 5),
    ),
  )
  const cart = [shop, text('k8s.deployment.name', 'cart')]
  const traced = of('traces.jsonl', spans(cart, call('payments-api.pay.svc.cluster.local')))

  test('join the incident of a caller to that of what it calls, and say by which spans', async () => {
    const apart = await run([cluster])
    expect(new Set(apart.incidents.map((i) => i.group)).size).toBe(2)
    const { incidents } = await run([cluster, traced])
    expect(new Set(incidents.map((i) => i.group)).size).toBe(1)
    expect(incidents.map((i) => `${i.resourceName} ${i.problem}`)).toEqual([
      'payments CrashLoop',
      'cart ProbeFailure',
    ])
    expect(incidents[1]?.joins).toMatchObject([
      { why: expect.stringMatching(/^seen in traces since .*payments-api/) as string },
    ])
  })

  test('stand beside what their workload has, with the trace that shows it', async () => {
    const contexts = await contextsOf(cluster, traced)
    expect(contexts.find(({ owner }) => owner.name === 'cart')?.observations).toMatchObject([
      { source: 'traces', example: `POST /pay: connection refused (trace ${'f'.repeat(32)})` },
    ])
  })
})

test('requests of the wrong shape are rejected, each with its place, and nothing else is lost', async () => {
  const rejected: string[] = []
  const { incidents, stats } = await run(
    [
      of(
        'f',
        ['{"resourceMetrics":7}', '{"resourceSpans":{}}', checked(503, 1), checked(503, 2)].join(
          '\n',
        ),
      ),
    ],
    { onRejected: ({ why }) => rejected.push(why) },
  )
  expect(rejected).toHaveLength(2)
  expect(stats.rejected).toBe(2)
  expect(incidents).toHaveLength(1)
})
