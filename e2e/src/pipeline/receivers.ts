import { createServer, type IncomingMessage, type Server } from 'node:http'

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(
        `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
      )
    })
  })

export interface SeenSpan {
  readonly service: string
  readonly name: string
  readonly traceId: string
}

interface ExportedSpans {
  readonly resourceSpans?: readonly {
    readonly resource: {
      readonly attributes: readonly {
        readonly key: string
        readonly value: { readonly stringValue?: string }
      }[]
    }
    readonly scopeSpans: readonly {
      readonly spans: readonly { readonly name: string; readonly traceId: string }[]
    }[]
  }[]
}

/** A tracing back-end as far as a test needs one: takes OTLP/HTTP JSON and keeps what it was told. */
export const traceReceiver = async (): Promise<{
  url: string
  spans: SeenSpan[]
  close: () => void
}> => {
  const spans: SeenSpan[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      if (request.url === '/v1/traces') {
        for (const { resource, scopeSpans } of (JSON.parse(text) as ExportedSpans).resourceSpans ??
          []) {
          const service =
            resource.attributes.find((a) => a.key === 'service.name')?.value.stringValue ?? ''
          for (const { name, traceId } of scopeSpans.flatMap((s) => s.spans))
            spans.push({ service, name, traceId })
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  const url = await listen(server)
  return { url, spans, close: () => server.close() }
}

export interface Delivered {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Whoever is to be told: answers 204 and keeps what came. */
export const webhookReceiver = async (): Promise<{
  url: string
  deliveries: Delivered[]
  close: () => void
}> => {
  const deliveries: Delivered[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      deliveries.push({ headers: request.headers, body })
      response.writeHead(204).end()
    })
  })
  const url = await listen(server)
  return { url: `${url}/hook`, deliveries, close: () => server.close() }
}
