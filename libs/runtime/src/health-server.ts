import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Health } from './health.ts'

/** Another process has the port, or may not have it. */
export class HealthPortTaken extends Error {
  override readonly name = 'HealthPortTaken'
}

const answer = (response: ServerResponse, ok: boolean, body: object): void => {
  response.writeHead(ok ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
  response.end(`${JSON.stringify(body)}\n`)
}

const route = async (health: Health, path: string, response: ServerResponse): Promise<void> => {
  if (path === '/healthz') {
    const { ok, stalled } = health.liveness()
    answer(response, ok, { status: ok ? 'ok' : 'stalled', stalled, ...health.told() })
  } else if (path === '/readyz') {
    const { ok, reasons } = await health.readiness()
    answer(response, ok, { status: ok ? 'ready' : 'not ready', reasons })
  } else {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end('{"status":"not found","paths":["/healthz","/readyz"]}\n')
  }
}

/** `/healthz` and `/readyz` on plain HTTP: it must answer while everything else is in trouble, so it needs nothing else. */
export class HealthServer {
  readonly #server: Server

  constructor(health: Health) {
    this.#server = createServer((request, response) => {
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      void route(health, path, response)
    })
  }

  /** Answers the port that it listens on. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => {
        const text = `the health port ${host}:${port} cannot be had (${cause.message}); set HEALTH_PORT to a free one`
        reject(new HealthPortTaken(text, { cause }))
      })
      this.#server.listen(port, host, () => {
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}
