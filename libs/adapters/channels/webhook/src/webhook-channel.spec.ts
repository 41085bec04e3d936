import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, expect, it } from 'vitest'
import { webhookChannel } from './webhook-channel.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const delivery = {
  key: 'g/opened/0',
  body: '{"type":"incident.opened"}',
  text: '',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

interface Seen {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let server: Server | undefined
let seen: Seen[] = []
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  seen = []
})

const receiver = async (
  answer: (res: ServerResponse, req: IncomingMessage) => void,
): Promise<string> => {
  server = createServer((req, res) => {
    const parts: Buffer[] = []
    req.on('data', (part: Buffer) => parts.push(part))
    req.on('end', () => {
      seen.push({ headers: req.headers, body: Buffer.concat(parts).toString() })
      answer(res, req)
    })
  })
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}/hook`
}

const post = (url: string, timeoutMs = 5_000, signal = new AbortController().signal) =>
  webhookChannel({ url, secret, timeoutMs }).send(delivery, signal)

it('posts what the reference verifier accepts, with the key as its id and the trace going on', async () => {
  const url = await receiver((res) => res.writeHead(204).end())
  expect(await post(url)).toEqual({ outcome: 'delivered' })
  const { headers, body } = seen[0]!
  expect(headers).toMatchObject({
    'webhook-id': 'g/opened/0',
    'content-type': 'application/json',
    traceparent: delivery.traceparent,
  })
  const verified = new Webhook(secret).verify(body, headers as Record<string, string>)
  expect(verified).toEqual({ type: 'incident.opened' })
  const other = new Webhook(Buffer.alloc(32, 8).toString('base64'))
  expect(() => other.verify(body, headers as Record<string, string>)).toThrow(/signature/)
})

it.each([
  [500, 'again'],
  [503, 'again'],
  [408, 'again'],
  [425, 'again'],
  [429, 'again'],
  [400, 'refused'],
  [401, 'refused'],
  [404, 'refused'],
  [410, 'refused'],
] as const)('HTTP %i is %s', async (status, outcome) => {
  const url = await receiver((res) => res.writeHead(status).end('no\u001b[2J thanks'))
  expect(await post(url)).toMatchObject({ outcome, why: `HTTP ${status}: no [2J thanks` })
})

it('hears Retry-After in seconds and as a date', async () => {
  const url = await receiver((res) => res.writeHead(429, { 'retry-after': '7' }).end())
  expect(await post(url)).toMatchObject({ outcome: 'again', afterMs: 7000 })
})

it('does not follow a redirect', async () => {
  let followed = false
  const url = await receiver((res, req) => {
    if (req.url === '/elsewhere') followed = true
    res.writeHead(307, { location: '/elsewhere' }).end()
  })
  expect(await post(url)).toMatchObject({
    outcome: 'refused',
    why: expect.stringMatching(/redirects/) as unknown,
  })
  expect(followed).toBe(false)
})

it('gives up on a receiver that hangs before, and in the middle of, its answer', async () => {
  const silent = await receiver(() => undefined)
  expect(await post(silent, 50)).toMatchObject({
    outcome: 'again',
    why: expect.stringMatching(/timeout/) as unknown,
  })
  server?.closeAllConnections()
  const stuck = await receiver((res) => res.writeHead(500).write('x'))
  expect(await post(stuck, 200)).toMatchObject({ outcome: 'again' })
})

it('tries again after a connection that is cut or refused', async () => {
  const url = await receiver((res) => res.destroy())
  expect(await post(url)).toMatchObject({ outcome: 'again' })
  server?.close()
  server?.closeAllConnections()
  expect(await post(url)).toMatchObject({
    outcome: 'again',
    why: expect.stringMatching(/fetch failed/) as unknown,
  })
})

it('reads no more of an endless answer than it needs', async () => {
  const url = await receiver((res) => {
    res.writeHead(500)
    const pour = (): void => {
      while (!res.destroyed && res.write('x'.repeat(65_536)));
    }
    res.on('drain', pour)
    pour()
  })
  const attempt = await post(url)
  expect(attempt.outcome).toBe('again')
  expect('why' in attempt && attempt.why.length).toBe('HTTP 500: '.length + 1024)
})

it('stops at once when it is told to', async () => {
  const stop = new AbortController()
  const url = await receiver(() => stop.abort())
  expect(await post(url, 60_000, stop.signal)).toMatchObject({ outcome: 'again' })
})
