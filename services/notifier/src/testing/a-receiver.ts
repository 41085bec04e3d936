import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

/** What a receiver got: verified, with the headers that matter. */
export interface Received {
  readonly id: string
  readonly traceparent: string | undefined
  readonly text: string
}

/** A webhook receiver that does as it is told, request by request; the last instruction stays. */
export interface TestReceiver extends AsyncDisposable {
  readonly url: string
  readonly secret: string
  readonly received: readonly Received[]
  answer: (res: ServerResponse, nth: number) => void
}

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

export const aReceiver = async (): Promise<TestReceiver> => {
  const received: Received[] = []
  const verifier = new Webhook(SECRET)
  const server = createServer((req, res) => {
    const parts: Buffer[] = []
    req.on('data', (part: Buffer) => parts.push(part))
    req.on('end', () => {
      const text = Buffer.concat(parts).toString()
      verifier.verify(text, req.headers as Record<string, string>)
      const { traceparent } = req.headers
      received.push({
        id: String(req.headers['webhook-id']),
        traceparent: typeof traceparent === 'string' ? traceparent : undefined,
        text,
      })
      receiver.answer(res, received.length)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const receiver: TestReceiver = {
    url: `http://127.0.0.1:${port}/hook`,
    secret: SECRET,
    received,
    answer: (res) => res.writeHead(204).end(),
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
  return receiver
}
