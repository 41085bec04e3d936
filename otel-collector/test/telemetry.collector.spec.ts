import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectorFile } from '../src/index.ts'
import { agentBench, CLUSTER, type AgentBench } from './agent-bench.ts'
import type { KubeObject } from './kube-api.ts'

const SECRET = 'hunter2-4711'

const owned = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true }],
})

const meta = (name: string) => ({ name, namespace: 'shop', uid: `uid-${name}` })

/** The pod has the address that this test's spans come from. */
const CLUSTER_OBJECTS: readonly KubeObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('checkout'),
    spec: { replicas: 2 },
    status: { replicas: 2, availableReplicas: 1 },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...meta('checkout-7d9f'), ...owned('Deployment', 'checkout') },
    spec: { replicas: 2 },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta('checkout-7d9f-abcde'), ...owned('ReplicaSet', 'checkout-7d9f') },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1' }] },
    status: { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] },
  },
]

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })

const spans = (atMs: number): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: [
            attribute('service.name', 'checkout'),
            attribute('process.command_args', `--password=${SECRET}`),
          ],
        },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '0123456789abcdef0123456789abcdef',
                spanId: '0123456789abcdef',
                name: 'GET payments',
                kind: 3,
                startTimeUnixNano: `${atMs}000000`,
                endTimeUnixNano: `${atMs + 20}000000`,
                status: { code: 2 },
                attributes: [
                  attribute('server.address', 'payments.shop.svc'),
                  attribute('http.request.header.authorization', SECRET),
                ],
                events: [
                  {
                    name: 'exception',
                    attributes: [
                      attribute('exception.type', 'TimeoutError'),
                      attribute('exception.stacktrace', `at login(${SECRET})`),
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  })

const said = (values: readonly Buffer[]): string => Buffer.concat([...values]).toString('latin1')

describe('the agent with telemetry.yaml', () => {
  let bench: AgentBench

  beforeAll(async () => {
    bench = await agentBench({
      overlay: readFileSync(collectorFile('agent', 'telemetry.yaml'), 'utf8').replaceAll(
        'collection_interval: 30s',
        'collection_interval: 1s',
      ),
      env: (api) => ({ KUBESIFT_CHECK_URL: `${api}/version` }),
    })
    for (const object of CLUSTER_OBJECTS) bench.api.apply('ADDED', object)
    await bench.agent.daemon.start()
  })
  afterAll(() => bench.dispose())

  const send = async (): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const body = spans(Date.now())
    const answer = await fetch(`${bench.agent.otlpHttp}/v1/traces`, {
      method: 'POST',
      headers,
      body,
    })
    expect(answer.status).toBe(200)
  }

  it('tells the metrics of the cluster and of health checks', async () => {
    const wanted = ['k8s.deployment.available', 'httpcheck.status', CLUSTER, 'checkout']
    const values = await bench.arrived(
      (some) => wanted.every((one) => said(some).includes(one)),
      'metrics',
    )
    for (const one of wanted) expect(said(values)).toContain(one)
  })

  it('names whose spans are, keeps whom they call and what they threw, and nothing else', async () => {
    // the processor learns of pods beside the receiver's start, so what is sent first may be of nobody yet
    const sending = setInterval(() => void send(), 500)
    const text = said(
      await bench
        .arrived((some) => said(some).includes('k8s.deployment.name'), 'traces')
        .finally(() => clearInterval(sending)),
    )
    for (const kept of [
      'GET payments',
      'payments.shop.svc',
      'TimeoutError',
      'k8s.deployment.name',
      CLUSTER,
    ])
      expect(text).toContain(kept)
    for (const gone of [SECRET, 'authorization', 'stacktrace', 'command_args'])
      expect(text).not.toContain(gone)
  })
})
