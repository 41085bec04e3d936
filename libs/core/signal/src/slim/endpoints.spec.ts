import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dataEndpoints, endpointsIn, podEndpoints } from './endpoints.ts'

const container = (env: Record<string, string>, more: object = {}) => ({
  name: 'app',
  env: Object.entries(env).map(([name, value]) => ({ name, value })),
  ...more,
})
const callsOf = (env: Record<string, string>, more: object = {}) =>
  podEndpoints({ containers: [container(env, more)] }).calls

test.each([
  ['http://payments:8080/ready', ['payments:8080']],
  [
    'postgres://user:pa55@db.data.svc.cluster.local:5432/shop?sslmode=off',
    ['db.data.svc.cluster.local:5432'],
  ],
  ['amqp://user:p@ss@mq/', ['mq']],
  ['kafka-0.kafka:9092,kafka-1.kafka:9092', ['kafka-0.kafka:9092', 'kafka-1.kafka:9092']],
  ['see https://Docs.Example.com and grpc://cart:50051', ['docs.example.com', 'cart:50051']],
  ['12:30', ['12:30']],
  ['a sentence: nothing', []],
  ['://', []],
  ['http://', []],
])('%s names %j', (text, wanted) => {
  expect(endpointsIn(text)).toEqual(wanted)
})

test('a URL gives its host and port, never its user, password, path or query', () => {
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: true }),
      fc.stringMatching(/^[a-z]{8}$/),
      (url, secret) => {
        const withUser = url.replace('://', `://user:${secret}@`)
        expect(endpointsIn(withUser).join(' ')).not.toContain(secret)
      },
    ),
  )
})

test('a bare name is an endpoint only under a name that says so', () => {
  expect(callsOf({ DB_HOST: 'postgres', MODE: 'fast', REDIS_ADDR: 'cache.shared' })).toEqual([
    'cache.shared',
    'postgres',
  ])
})

test('arguments and commands count, with or without a flag before them', () => {
  expect(
    callsOf(
      {},
      { args: ['--upstream=http://cart:80', 'serve'], command: ['sh', '-c', 'wait-for db:5432'] },
    ),
  ).toEqual(['cart:80', 'db:5432'])
})

test('where pods in the node network listen is told, by their variables and their ports', () => {
  const spec = {
    hostNetwork: true,
    containers: [
      container(
        { LISTEN: '127.0.0.1:18081', BIND_ADDR: ':9090', DEP_URL: 'http://127.0.0.1:18082/ready' },
        { ports: [{ containerPort: 7000 }] },
      ),
    ],
  }
  expect(podEndpoints(spec)).toEqual({
    calls: ['127.0.0.1:18082'],
    listens: ['*:7000', '*:9090', '127.0.0.1:18081'],
  })
  expect(podEndpoints({ ...spec, hostNetwork: false }).listens).toEqual([])
})

test('the values of a ConfigMap declare endpoints too', () => {
  expect(dataEndpoints({ data: { UPSTREAM: 'http://cart:80/x', motd: 'hello' } })).toEqual([
    'cart:80',
  ])
})

test('whatever a specification holds, few endpoints come of it and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.anything(), (spec) => {
      const { calls, listens } = podEndpoints(Object(spec) as Record<string, unknown>)
      expect(Math.max(calls.length, listens.length)).toBeLessThanOrEqual(32)
    }),
  )
})

test('a text made to keep a pattern busy is read at once', () => {
  for (const text of [
    'http://'.repeat(5000),
    `a://${'a.'.repeat(5000)}`,
    `x://${'@'.repeat(5000)}`,
  ]) {
    const began = performance.now()
    endpointsIn(text)
    expect(performance.now() - began).toBeLessThan(500)
  }
})
