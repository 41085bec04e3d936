import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue, event, knowns, list, of, pathOf, run } from './testing.ts'
import { decide, takeIn, type TriageInput } from './triage.ts'

const AT = Date.parse('2026-11-21T01:00:00Z')
const HASH = '5d6b7c8d9f'
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const attributes = (pairs: object): object[] =>
  Object.entries(pairs).map(([key, value]) => text(key, String(value)))
const nanos = (seconds: number): string => String(BigInt(AT + seconds * 1_000) * 1_000_000n)
const iso = (seconds: number): string => new Date(AT + seconds * 1_000).toISOString()

/** One request of one resource. */
const spans = (resource: object, ...list_: object[]): string =>
  JSON.stringify({
    resourceSpans: [
      { resource: { attributes: attributes(resource) }, scopeSpans: [{ spans: list_ }] },
    ],
  })
const span = (kind: number, peer: object, more: object = {}): object => ({
  traceId: 'f'.repeat(32),
  spanId: 'a'.repeat(16),
  name: 'POST /pay',
  kind,
  endTimeUnixNano: nanos(0),
  attributes: attributes(peer),
  status: { code: 2, message: 'connection refused' },
  ...more,
})

const object = (kind: string, name: string, namespace: string, app: string): object => ({
  apiVersion: kind === 'Service' ? 'v1' : 'apps/v1',
  kind,
  metadata: {
    name,
    namespace,
    uid: `${kind}-${name}`,
    generation: 1,
    creationTimestamp: '2026-11-20T00:00:00Z',
  },
  spec:
    kind === 'Service' ? { selector: { app } } : { template: { metadata: { labels: { app } } } },
})
const warning = (workload: string, namespace: string, reason: string, seconds: number): object =>
  event(`${workload}-${reason}`, {
    reason,
    message:
      reason === 'BackOff' ? 'Back-off restarting failed container' : 'Readiness probe failed',
    count: 40,
    metadata: { name: workload, namespace, uid: `${workload}-${reason}` },
    involvedObject: { kind: 'Pod', namespace, name: `${workload}-${HASH}-bcdfg` },
    firstTimestamp: iso(seconds),
    lastTimestamp: iso(600),
  })
/** A revision of a Deployment. */
const replicaSet = (of_: string, hash: string, image: string, seconds: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `${of_}-${hash}`,
    namespace: 'pay',
    uid: `${of_}-${hash}`,
    creationTimestamp: iso(seconds),
    annotations: { 'deployment.kubernetes.io/revision': seconds < -1_000 ? '1' : '2' },
    labels: { app: of_, 'pod-template-hash': hash },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: of_,
        uid: `Deployment-${of_}`,
        controller: true,
      },
    ],
  },
  spec: {
    replicas: seconds < -1_000 ? 0 : 1,
    template: {
      metadata: { labels: { app: of_, 'pod-template-hash': hash } },
      spec: { containers: [{ name: of_, image }] },
    },
  },
})

/** Who calls payments, and how that is seen; each says it in the words of another instrumentation. */
const CALLERS: readonly (readonly [name: string, ...requests: string[]])[] = [
  [
    'cart',
    spans(
      { 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'cart' },
      span(3, { 'server.address': 'payments-api.pay.svc.cluster.local', 'server.port': '80' }),
    ),
  ],
  [
    'orders',
    spans(
      { 'k8s.namespace.name': 'shop', 'k8s.pod.name': `orders-${HASH}-bcdfg` },
      span(3, { 'net.peer.name': 'payments-api.pay:8080' }),
    ),
  ],
  [
    'refunds',
    spans(
      { 'k8s.namespace.name': 'pay', 'k8s.deployment.name': 'refunds' },
      span(3, { 'peer.service': 'payments-api' }),
    ),
  ],
  [
    'invoices',
    spans(
      { 'service.namespace': 'shop', 'service.name': 'invoices' },
      span(3, { 'service.peer.name': 'payments-api', 'service.peer.namespace': 'pay' }),
    ),
  ],
  // It calls an address; who answers says who it was.
  [
    'ledger',
    JSON.stringify({
      resourceSpans: [
        ['shop', 'ledger', span(3, { 'server.address': '10.0.0.9' }, { spanId: 'b'.repeat(16) })],
        ['pay', 'payments', span(2, {}, { spanId: 'c'.repeat(16), parentSpanId: 'b'.repeat(16) })],
      ].map(([namespace, name, one]) => ({
        resource: {
          attributes: attributes({ 'k8s.namespace.name': namespace, 'k8s.deployment.name': name }),
        },
        scopeSpans: [{ spans: [one] }],
      })),
    }),
  ],
]
const namespaceOf = (name: string): string => (name === 'refunds' ? 'pay' : 'shop')

/** Their probes fail some seconds before what they call is seen to fail, as recorded (facts.md, 1). */
const cluster = of(
  'cluster.json',
  list(
    object('Deployment', 'payments', 'pay', 'payments'),
    object('Service', 'payments-api', 'pay', 'payments'),
    object('Deployment', 'invoices', 'shop', 'invoices'),
    object('Service', 'invoices', 'shop', 'invoices'),
    replicaSet('payments', '7c9f8b6d5f', 'pay:1', -86_400),
    replicaSet('payments', HASH, 'pay:2', -30),
    ...CALLERS.map(([name], i) => warning(name, namespaceOf(name), 'Unhealthy', i)),
    warning('payments', 'pay', 'BackOff', 8),
    warning('bystander', 'shop', 'Unhealthy', 3),
  ),
)
const traced = CALLERS.map(([name, ...requests]) => of(`${name}.jsonl`, requests.join('\n')))

const groupsOf = async (inputs: readonly TriageInput[]): Promise<string[][]> => {
  const { incidents } = await run(inputs)
  const groups = Map.groupBy(incidents, ({ group }) => group)
  return [...groups.values()].map((members) => {
    const primary = members.find(({ id, primary: of_ }) => id === of_)
    return [
      `${primary?.resourceName} ${primary?.problem}`,
      ...members
        .filter((member) => member !== primary)
        .map(({ resourceName }) => resourceName)
        .sort(),
    ]
  })
}

describe('who calls what has failed', () => {
  test('is its blast radius, though it was the first to be heard', async () => {
    expect(await groupsOf([cluster])).toHaveLength(CALLERS.length + 2)
    const { incidents } = await run([cluster, ...traced])
    const root = incidents.find(({ resourceName }) => resourceName === 'payments')
    expect(root?.problem).toBe('CrashLoop')
    for (const [name] of CALLERS) {
      const caller = incidents.find(({ resourceName }) => resourceName === name)
      expect(caller, name).toMatchObject({ primary: root?.id, joins: [{ to: root?.id }] })
      expect(caller?.joins[0]?.why, name).toMatch(/^seen in traces since 2026-11-21T01:00:00Z/)
    }
    expect(await groupsOf([cluster, ...traced])).toEqual(
      expect.arrayContaining([
        ['payments CrashLoop', 'cart', 'invoices', 'ledger', 'orders', 'refunds'],
        ['bystander ProbeFailure'],
      ]),
    )
  })

  test('makes what has failed more severe; what changed there stands on it', async () => {
    const options = { catalogue, knowns, cluster: 'c', clock: () => 0, onRejected: () => undefined }
    const { chunks } = await takeIn([cluster, ...traced], options)
    const incidents = decide(chunks, options).incidents.map(({ incident }) => incident)
    expect(incidents.find(({ resourceName }) => resourceName === 'payments')).toMatchObject({
      blastRadius: { workloads: 5, namespaces: 2 },
      context: { changes: [{ kind: 'rollout', fields: [{ from: 'pay:1', to: 'pay:2' }] }] },
    })
  })

  test('is found in whatever order, and however often, it is told', async () => {
    const inputs = [cluster, ...traced]
    const expected = (await groupsOf(inputs)).sort()
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...inputs, ...traced], { minLength: inputs.length + traced.length }),
        async (order) => {
          expect((await groupsOf(order)).sort()).toEqual(expected)
        },
      ),
      { numRuns: 10 },
    )
  })

  test('stays alone where nothing of what it calls fails', async () => {
    const well = of(
      'well.json',
      list(
        object('Deployment', 'payments', 'pay', 'payments'),
        object('Service', 'payments-api', 'pay', 'payments'),
        warning('cart', 'shop', 'Unhealthy', 0),
        warning('orders', 'shop', 'Unhealthy', 0),
      ),
    )
    expect(await groupsOf([well, ...traced])).toEqual([
      ['cart ProbeFailure'],
      ['orders ProbeFailure'],
    ])
  })
})

test.each([
  ['httpcheck', ['Endpoint/pay.example.com HealthCheck open', 'Service/cart HealthCheck resolved']],
  [
    'k8s_cluster',
    [
      'Deployment/cart Unavailable resolved',
      'Node/worker-1 NodeNotReady resolved',
      'Node/worker-1 NodePressure resolved',
    ],
  ],
  ['kubeletstats', ['PersistentVolumeClaim/data-db-0 StorageFull resolved']],
])(
  'the metrics of %s alone are incidents, and over when they are well again',
  async (name, are) => {
    const lines = readFileSync(
      pathOf(`services/context-builder/fixtures/${name}.otlp.jsonl`),
      'utf8',
    )
    const { incidents, stats } = await run([of(name, lines)], { now: AT + 3_600_000 })
    expect(
      incidents.map((i) => `${i.resourceKind}/${i.resourceName} ${i.problem} ${i.status}`).sort(),
    ).toEqual(are)
    expect(stats.rejected).toBe(0)
  },
)
