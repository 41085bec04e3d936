import { ContractViolation, DependencyUnavailable } from '@kubesift/contracts'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALERTS, COSTS } from './doors.ts'
import { IntakeServer } from './intake-server.ts'
import type { Labels } from './webhook-record.ts'

const INTAKE_PATH = ALERTS.path

const TOKEN = 'a-token-that-is-long'
const webhook = (more: object = {}): string =>
  JSON.stringify({ version: '4', status: 'firing', alerts: [], ...more })

let published: ({ text: string } & Labels)[] = []
let failure: Error | undefined
let results: string[] = []
let faults: unknown[] = []
let server: IntakeServer
let base = ''
let port = 0

const listen = async (token?: string): Promise<void> => {
  server = new IntakeServer({
    ...(token === undefined ? {} : { token }),
    maxBytes: 10_000,
    readMs: 300,
    publish: async (texts, labels) => {
      if (failure !== undefined) throw failure
      for (const text of texts) published.push({ text, ...labels })
    },
    facts: { webhook: (result) => results.push(result) },
    failed: (error) => faults.push(error),
  })
  port = await server.listen('127.0.0.1', 0)
  base = `http://127.0.0.1:${port}`
}

beforeEach(() => {
  published = []
  results = []
  faults = []
  failure = undefined
})
afterEach(() => server.close())

const post = (body: string, headers: Record<string, string> = {}, path = INTAKE_PATH) =>
  fetch(base + path, { method: 'POST', body, headers })

test('what is accepted was published as it came', async () => {
  await listen()
  const text = webhook({ receiver: 'ä\u2028' })
  const response = await post(text, {}, `${INTAKE_PATH}?cluster=prod`)
  expect(response.status).toBe(202)
  expect(published).toEqual([{ text, cluster: 'prod' }])
  expect(results).toEqual(['accepted'])
})

test('only who has the token may post', async () => {
  await listen(TOKEN)
  for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, TOKEN, `Basic ${TOKEN}`])
    expect((await post(webhook(), { authorization })).status).toBe(401)
  expect((await post(webhook())).status).toBe(401)
  expect(published).toEqual([])
  expect((await post(webhook(), { authorization: `Bearer ${TOKEN}` })).status).toBe(202)
})

test.each([
  ['no JSON', 'hello'],
  ['JSON that is cut off', '{"alerts":['],
  ['a list', '[]'],
  ['other JSON', '{"a":1}'],
  ['alerts that are no list', '{"status":"firing","alerts":{}}'],
  ['nothing', ''],
  ['JSON without end', `${'['.repeat(4_000)}`],
])('%s is refused', async (_, body) => {
  await listen()
  expect((await post(body)).status).toBe(400)
  expect(published).toEqual([])
})

test('another path, another method and an encoding are refused, each in its words', async () => {
  await listen()
  expect((await post(webhook(), {}, '/')).status).toBe(404)
  const got = await fetch(base + INTAKE_PATH)
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await post(webhook(), { 'content-encoding': 'gzip' })).status).toBe(415)
})

test('a body that is too large is refused, whether it says so or not', async () => {
  await listen()
  const large = webhook({ receiver: 'x'.repeat(10_000) })
  expect((await post(large)).status).toBe(413)
  const chunks = async function* () {
    for (let i = 0; i < 20; i += 1) yield Buffer.alloc(1_000, 0x20)
  }
  const told = await fetch(base + INTAKE_PATH, {
    method: 'POST',
    body: ReadableStream.from(chunks()),
    duplex: 'half',
  } as RequestInit)
  expect(told.status).toBe(413)
  expect(published).toEqual([])
})

test('while Kafka is away it asks to come again; what no topic takes is too large; anything else is ours', async () => {
  await listen()
  failure = new DependencyUnavailable('kafka is away')
  const away = await post(webhook())
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5'])
  failure = new ContractViolation('too large')
  expect((await post(webhook())).status).toBe(413)
  expect(faults).toEqual([])
  failure = new TypeError('a bug')
  expect((await post(webhook())).status).toBe(500)
  expect(faults).toEqual([failure])
  expect(results).toEqual(['unavailable', 'refused', 'failed'])
})

test('a sender that goes away in the middle leaves nothing behind', async () => {
  await listen()
  const socket = connect(port, '127.0.0.1')
  socket.write(`POST ${INTAKE_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"alerts"`)
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.destroy()
  expect((await post(webhook())).status).toBe(202)
  expect(published).toHaveLength(1)
})

/** All that is answered to these bytes, until the server has hung up. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (part) => (answer += part.toString()))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(text)
  })

test.each(['//', '///', 'http://[', 'http://a:b/', '*', '/%', '/v1/alerts/../..'])(
  'who asks for %s hears that there is nothing, token or not',
  async (target) => {
    await listen(TOKEN)
    expect(await raw(`POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 404 /,
    )
    expect((await post(webhook(), { authorization: `Bearer ${TOKEN}` })).status).toBe(202)
  },
)

test('whoever is too slow is asked to come again: after a 4xx Alertmanager would not', async () => {
  await listen()
  const head = `POST ${INTAKE_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n`
  expect(await raw(`${head}{"alerts"`)).toMatch(/^HTTP\/1\.1 503 /)
  expect(results).toEqual(['unavailable'])
  expect(published).toEqual([])
})

describe('an answer of OpenCost', () => {
  const row = {
    window: { start: '2026-11-21T01:00:00Z', end: '2026-11-21T02:00:00Z' },
    totalCost: 1,
  }
  const answer = (more: object = {}): string =>
    JSON.stringify({ code: 200, data: [{ 'shop/deployment/web': row }], ...more })

  test('is published as it came, with its cluster and currency', async () => {
    await listen(TOKEN)
    const headers = { authorization: `Bearer ${TOKEN}` }
    const path = `${COSTS.path}?cluster=prod&currency=EUR`
    expect((await post(answer(), headers, path)).status).toBe(202)
    expect(published).toEqual([{ text: answer(), cluster: 'prod', currency: 'EUR' }])
    expect((await post(answer(), {}, path)).status).toBe(401)
  })

  test('without rows is one: there was nothing to pay', async () => {
    await listen()
    expect((await post(answer({ data: [{}] }), {}, COSTS.path)).status).toBe(202)
  })

  test.each([
    ['an error of OpenCost', JSON.stringify({ code: 500, message: 'no Prometheus', data: null })],
    ['a webhook', webhook()],
    ['its assets', answer({ data: { node: { type: 'Node' } } })],
    ['other rows', answer({ data: [{ a: { b: 1 } }] })],
    ['an object', answer({ metadata: {} })],
    ['text', 'upstream connect error'],
    ['JSON that is cut off', answer().slice(0, -3)],
    ['prototypes', '{"__proto__":{"code":200,"data":[]},"constructor":{}}'],
    ['nothing', ''],
  ])('is refused where it is %s, in words', async (_, body) => {
    await listen()
    const response = await post(body, {}, COSTS.path)
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('no answer of OpenCost') as string,
    ])
    expect(published).toEqual([])
    expect(results).toEqual(['refused'])
  })

  const rowOf = (namespace: string, i: number): [string, object] => [
    `${namespace}/deployment/c${i}`,
    {
      ...row,
      properties: {
        namespace,
        controller: `c${i}`,
        controllerKind: 'deployment',
        labels: { a: 'b' },
      },
    },
  ]
  const large = (namespaces: number): string => {
    const rows = Array.from({ length: 100 }, (_, i) => rowOf(`n${i % namespaces}`, i))
    return answer({ data: [Object.fromEntries(rows)] })
  }

  test('that Kafka would not take at once is published in parts, namespace by namespace', async () => {
    await listen()
    const text = large(50)
    expect(text.length).toBeGreaterThan(20_000)
    expect((await post(text, {}, `${COSTS.path}?cluster=prod`)).status).toBe(202)
    expect(published.length).toBeGreaterThan(2)
    const rows = published.flatMap((part) => {
      expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(10_000)
      expect(part.cluster).toBe('prod')
      const { data } = JSON.parse(part.text) as { data: Record<string, object>[] }
      return data.flatMap((set) => Object.keys(set))
    })
    expect(rows).toHaveLength(100)
    expect(new Set(rows).size).toBe(100)
    expect(results).toEqual(['accepted'])
  })

  test.each([
    ['one namespace is more', large(1)],
    ['it is more than eight times that', answer({ message: 'x'.repeat(80_000) })],
  ])('is refused where %s, and it is said what to do', async (_, text) => {
    await listen()
    const response = await post(text, {}, COSTS.path)
    expect([response.status, await response.text()]).toEqual([
      413,
      expect.stringContaining('aggregate by') as string,
    ])
    expect(published).toEqual([])
  })

  test('finds room again when those before it were answered', async () => {
    await listen()
    for (let i = 0; i < 3; i += 1) {
      const posts = Array.from({ length: 20 }, () => post(large(50), {}, COSTS.path))
      const statuses = (await Promise.all(posts)).map(({ status }) => status)
      expect(statuses.every((status) => status === 202 || status === 503)).toBe(true)
      expect(statuses).toContain(202)
    }
    expect((await post(large(50), {}, COSTS.path)).status).toBe(202)
  })

  test.each(['euro', 'eu', '', '<b>', 'EURO', 'E%00R'])('in %s is refused', async (currency) => {
    await listen()
    const response = await post(answer(), {}, `${COSTS.path}?currency=${currency}`)
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('ISO 4217') as string,
    ])
    expect(published).toEqual([])
  })

  test('goes through its own door only', async () => {
    await listen()
    expect((await post(answer())).status).toBe(400)
  })
})
