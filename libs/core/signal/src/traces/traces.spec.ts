import { signalSchema, type PatternSignal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromSpans } from './from-spans.ts'
import type { SpanRecord } from './span-record.ts'

const T0 = Date.UTC(2026, 10, 21, 1)
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

const resourceOf = (deployment: string, namespace = 'shop') => ({
  'k8s.cluster.name': 'c',
  'k8s.namespace.name': namespace,
  'k8s.deployment.name': deployment,
  'k8s.pod.name': `${deployment}-5d6b7c8d9f-bcdfg`,
})
const cart = resourceOf('cart')
const span = (more: Partial<SpanRecord>): SpanRecord => ({
  resource: cart,
  traceId: TRACE,
  spanId: '00f067aa0ba902b7',
  parentSpanId: '',
  name: 'GET /cart/{id}',
  kind: 1,
  startMs: T0,
  endMs: T0 + 20,
  attributes: {},
  events: [],
  statusCode: 0,
  statusMessage: '',
  ...more,
})
const exception = (type: string, message: string) => ({
  name: 'exception',
  attributes: { 'exception.type': type, 'exception.message': message },
})
const read = (...spans: SpanRecord[]) => {
  const { reads, skipped } = fromSpans(spans, { offset: 7, kafkaAt: T0 + 60_000 })
  const signals = reads.flatMap(([, r]) => ('signal' in r ? [r.signal as PatternSignal] : []))
  const whys = reads.flatMap(([, r]) => (r.ok ? [] : [r.why]))
  return { signals, whys, skipped }
}
const peers = (attributes: object, kind = 3) =>
  read(span({ kind, attributes: { ...attributes } })).signals.map(({ pattern: { peer } }) =>
    peer === undefined ? '' : `${peer.kind}/${peer.namespace}/${peer.name}`,
  )

it('failed spans and calls are told as they are', async () => {
  const { signals } = read(
    span({ statusCode: 2, statusMessage: 'card 4711 was refused, token=abcdefgh12345678' }),
    span({
      kind: 2,
      statusCode: 2,
      events: [exception('java.net.ConnectException', 'Connection refused: db.shop:5432')],
    }),
    span({
      kind: 3,
      statusCode: 2,
      attributes: {
        'server.address': 'db.shop.svc.cluster.local',
        'db.system.name': 'postgresql',
        'error.type': 'timeout',
      },
    }),
    span({ kind: 3, spanId: 'aaaaaaaaaaaaaaaa', attributes: { 'peer.service': 'payments' } }),
    span({ kind: 2, resource: resourceOf('payments', 'pay'), parentSpanId: 'aaaaaaaaaaaaaaaa' }),
  )
  for (const signal of signals) expect(signalSchema.parse(signal)).toEqual(signal)
  await expect(`${JSON.stringify(signals, null, 2)}\n`).toMatchFileSnapshot(
    '../golden/traces.signals.json',
  )
  expect(JSON.stringify(signals)).not.toContain('abcdefgh12345678')
})

describe('a failed span', () => {
  it('is one pattern of its workload, however the numbers in it differ, counted exactly', () => {
    const { signals } = read(
      ...[1, 22, 333].map((n) =>
        span({ statusCode: 2, statusMessage: `order ${n} failed`, endMs: T0 + n }),
      ),
    )
    expect(signals).toMatchObject([
      {
        pattern: {
          source: 'traces',
          reason: 'SpanError',
          involved: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
          text: 'GET /cart/{id}: order <n> failed',
        },
        example: `GET /cart/{id}: order 1 failed (trace ${TRACE})`,
        heard: [{ offset: 7, n: 3, from: T0 + 1, at: T0 + 333 }],
      },
    ])
  })

  it('is one by its status, or by an exception that it recorded; any other says nothing', () => {
    expect(read(span({ events: [exception('E', 'm')] })).signals).toHaveLength(1)
    expect(read(span({ statusCode: 1 }), span({}))).toEqual({ signals: [], whys: [], skipped: 2 })
  })

  it.each([
    [{ statusMessage: 'm' }, 'm'],
    [{ attributes: { 'error.type': 'timeout' } }, 'timeout'],
    [{ attributes: { 'http.response.status_code': 503 } }, 'status <n>'],
    [{ events: [exception('E', 'x')], statusMessage: 'm' }, 'E: x'],
    [{}, 'error'],
  ])('is told in the best words that it has: %j', (more, text) => {
    expect(read(span({ statusCode: 2, ...more })).signals[0]?.pattern.text).toBe(
      `GET /cart/{id}: ${text}`,
    )
  })

  it('is of its pod where nothing says who deployed it, and unclassified where nothing says who it is', () => {
    const pod = { 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'web-0' }
    expect(read(span({ statusCode: 2, resource: pod })).signals[0]?.pattern.involved).toEqual({
      kind: 'Pod',
      namespace: 'shop',
      name: 'web-0',
    })
    expect(read(span({ statusCode: 2, resource: { 'service.name': 'x' } })).whys).toEqual([
      'a failed span that does not say of which workload',
    ])
  })
})

describe('whose a span is', () => {
  const of = (resource: object) =>
    read(span({ statusCode: 2, resource: { ...resource } })).signals.map(
      ({ pattern: { involved } }) => `${involved.kind}/${involved.namespace}/${involved.name}`,
    )
  const shop = { 'k8s.namespace.name': 'shop', 'service.name': 'cart' }

  it.each([
    [{ ...shop, 'k8s.statefulset.name': 'a', 'k8s.pod.name': 'a-0' }, 'StatefulSet/shop/a'],
    [{ ...shop, 'k8s.daemonset.name': 'a' }, 'DaemonSet/shop/a'],
    [{ ...shop, 'k8s.cronjob.name': 'a', 'k8s.job.name': 'a-1' }, 'CronJob/shop/a'],
    [{ ...shop, 'k8s.replicaset.name': 'a-1', 'k8s.pod.name': 'a-1-b' }, 'Pod/shop/a-1-b'],
    [shop, 'Service/shop/cart'],
    [{ 'service.namespace': 'Shop', 'service.name': 'Cart' }, 'Service/shop/cart'],
  ])('is said by its resource: %j', (resource, whose) => {
    expect(of(resource)).toEqual([whose])
  })

  it.each([
    { 'service.name': 'cart' },
    { ...shop, 'service.name': 'unknown_service:java' },
    { 'service.namespace': 'a team', 'service.name': 'cart' },
    { 'k8s.namespace.name': 'shop' },
    { 'k8s.deployment.name': 'cart' },
    JSON.parse('{"__proto__":{"k8s.namespace.name":"a","k8s.pod.name":"b"}}') as object,
  ])('is not guessed: %j', (resource) => {
    expect(of(resource)).toEqual([])
  })
})

describe('a call', () => {
  it.each([
    [{ 'server.address': 'db' }, 'Service/shop/db'],
    [{ 'server.address': 'db.data' }, 'Service/data/db'],
    [{ 'server.address': 'db.data.svc.cluster.local' }, 'Service/data/db'],
    [{ 'net.peer.name': 'DB.data.svc:5432' }, 'Service/data/db'],
    [{ 'peer.service': 'payments' }, 'Service/shop/payments'],
    [{ 'service.peer.name': 'payments', 'service.peer.namespace': 'pay' }, 'Service/pay/payments'],
    [{ 'server.address': '10.1.2.3', 'peer.service': 'payments' }, 'Service/shop/payments'],
  ])('names the Service that it goes to: %j', (attributes, peer) => {
    expect(peers(attributes)).toEqual([peer])
    expect(peers(attributes, 4)).toEqual([peer])
  })

  it.each([
    {},
    { 'server.address': '10.1.2.3' },
    { 'server.address': '::1' },
    { 'server.address': 'localhost' },
    { 'server.address': 'api.stripe.com' },
    { 'server.address': '../../etc' },
    { 'peer.service': 'Not A Name!' },
    { 'server.address': 7 },
    { 'peer.service': 'x'.repeat(300) },
    JSON.parse('{"__proto__":{"server.address":"db"}}') as object,
  ])('says nothing of the world outside, and of what is no name: %j', (attributes) => {
    expect(peers(attributes)).toEqual([])
  })

  it('is told by the one who calls, not by the one who answers', () => {
    expect(peers({ 'server.address': 'db' }, 2)).toEqual([])
    expect(peers({ 'server.address': 'db' }, 1)).toEqual([])
  })

  it('names the workload at its other end where that came along', () => {
    const caller = span({ kind: 3, spanId: 'aaaaaaaaaaaaaaaa' })
    const served = { kind: 2, parentSpanId: 'aaaaaaaaaaaaaaaa' }
    const answer = span({ ...served, resource: resourceOf('payments', 'pay') })
    for (const spans of [
      [caller, answer],
      [answer, caller],
    ])
      expect(read(...spans).signals).toMatchObject([
        {
          pattern: {
            source: 'calls',
            involved: { name: 'cart' },
            peer: { kind: 'Deployment', namespace: 'pay', name: 'payments' },
          },
        },
      ])
    const pod = { 'k8s.namespace.name': 'pay', 'k8s.pod.name': 'x-0' }
    expect(read(caller, span({ ...served, resource: pod })).signals).toEqual([])
    expect(read(caller, span(served)).signals).toEqual([])
    expect(read(caller, { ...answer, traceId: 'f'.repeat(32) }).signals).toEqual([])
  })
})

it('is bounded, and read in no time', () => {
  const long = `${'a.'.repeat(50_000)}\u0000`
  const before = performance.now()
  const { signals } = read(
    span({
      name: long,
      statusCode: 2,
      statusMessage: long,
      traceId: long,
      events: [exception(long, long)],
    }),
    span({ kind: 3, attributes: { 'server.address': long, 'peer.service': long } }),
    span({ statusCode: 2, resource: { 'k8s.namespace.name': long, 'k8s.pod.name': long } }),
  )
  expect(performance.now() - before).toBeLessThan(500)
  for (const signal of signals) expect(JSON.stringify(signal).length).toBeLessThan(3_000)
  expect(JSON.stringify(signals)).not.toContain('\\u0000')
})

it('says the same in whatever order the spans of a request stand', () => {
  const one = fc
    .record({
      kind: fc.constantFrom(1, 2, 3),
      statusCode: fc.constantFrom(0, 2),
      statusMessage: fc.constantFrom('a', 'b'),
      spanId: fc.constantFrom('a', 'b', 'c'),
      parentSpanId: fc.constantFrom('', 'a', 'b'),
      resource: fc.constantFrom(cart, resourceOf('payments', 'pay')),
      address: fc.constantFrom('db', 'x.y', '1.2.3.4'),
      endMs: fc.integer({ min: T0, max: T0 + 9 }),
    })
    .map(({ address, ...s }) => span({ ...s, attributes: { 'server.address': address } }))
  const told = (spans: SpanRecord[]) =>
    read(...spans)
      .signals.map(({ pattern, heard }) => JSON.stringify([pattern, heard]))
      .sort()
  fc.assert(
    fc.property(fc.array(one, { maxLength: 8 }), (spans) => {
      // A span has an id of its own.
      const own = spans.filter((s, i) => spans.findIndex((o) => o.spanId === s.spanId) === i)
      expect(told(own.toReversed())).toEqual(told(own))
    }),
  )
})
