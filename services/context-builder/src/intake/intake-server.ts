import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nextStep } from '@kubesift/contracts'
import type { IntakeFacts, IntakeResult } from '../facts.ts'
import { bodyIn, DOORS, type Door } from './doors.ts'
import type { Labels } from './webhook-record.ts'

export interface IntakeOptions {
  /** Makes these texts, which were posted as one, durable in `otel-logs`; rejects where it cannot. */
  readonly publish: (texts: readonly string[], labels: Labels) => Promise<void>
  /** Without one everybody who reaches the port may post. */
  readonly token?: string
  /** What one record may hold. */
  readonly maxBytes: number
  /** How long a body may take to arrive. */
  readonly readMs?: number
  readonly facts: Pick<IntakeFacts, 'webhook'>
  /** A fault of ours, which somebody has to look at. */
  readonly failed: (error: unknown) => void
}

/** So many bodies are held at once; whoever comes then is asked to come again. */
const MAX_OPEN = 64
const READ_MS = 10_000
const ORIGIN = 'http://intake'

interface Answer {
  readonly status: number
  readonly result: IntakeResult
  readonly says: string
}

const ANSWERS = {
  accepted: { status: 202, result: 'accepted', says: 'accepted' },
  path: {
    status: 404,
    result: 'refused',
    says: `post to ${DOORS.map(({ path }) => path).join(' or ')}`,
  },
  method: { status: 405, result: 'refused', says: 'only POST is taken here' },
  token: { status: 401, result: 'refused', says: 'the bearer token is missing or wrong' },
  encoding: { status: 415, result: 'refused', says: 'send the body without a content encoding' },
  currency: {
    status: 400,
    result: 'refused',
    says: 'a currency is three capital letters (ISO 4217)',
  },
  slow: { status: 503, result: 'unavailable', says: 'the body took too long: try again' },
  cut: { status: 400, result: 'refused', says: 'the body ended before its end' },
  busy: { status: 503, result: 'unavailable', says: 'too many at once: try again' },
  kafka: { status: 503, result: 'unavailable', says: 'Kafka does not take it now: try again' },
  fault: { status: 500, result: 'failed', says: 'an error of ours; it has been logged' },
} as const satisfies Readonly<Record<string, Answer>>

const tooLarge = ({ size }: Door): Answer => ({ status: 413, result: 'refused', says: size })
const strange = ({ shape }: Door): Answer => ({ status: 400, result: 'refused', says: shape })

const CURRENCY = /^[A-Z]{3}$/

/** What the query says of the body; undefined where it cannot be. */
const labelsOf = ({ searchParams }: URL): Labels | undefined => {
  const [cluster, currency] = [searchParams.get('cluster'), searchParams.get('currency')]
  if (currency !== null && !CURRENCY.test(currency)) return undefined
  return {
    ...(cluster === null ? {} : { cluster }),
    ...(currency === null ? {} : { currency }),
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Takes as long whatever is wrong with the token. */
const isToken = (given: string | undefined, wanted: string): boolean =>
  timingSafeEqual(digest(given ?? ''), digest(`Bearer ${wanted}`))

/** The path and the query that were asked for; undefined where the target is none that a URL can have. */
const targetOf = ({ url = '/' }: IncomingMessage): URL | undefined =>
  URL.canParse(url, ORIGIN) ? new URL(url, ORIGIN) : undefined

interface Reading extends Pick<IntakeOptions, 'maxBytes' | 'readMs'> {
  /** Whether there is room for so many bytes more; they are held until the request is answered. */
  readonly holds: (bytes: number) => boolean
}

/** The whole body as text, or why it is not there; undefined: it is too large. A body that is too large is not read to its end. */
const bodyOf = (
  request: IncomingMessage,
  { maxBytes, readMs = READ_MS, holds }: Reading,
): Promise<string | Answer | undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(ANSWERS.slow), readMs)
    request.on('close', () => clearTimeout(timer))
    const parts: Buffer[] = []
    let size = 0
    request.on('data', (part: Buffer) => {
      size += part.length
      if (size > maxBytes) resolve(undefined)
      else if (holds(part.length)) parts.push(part)
      else resolve(ANSWERS.busy)
    })
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    request.on('error', () => resolve(ANSWERS.cut))
    request.on('aborted', () => resolve(ANSWERS.cut))
  })

const tell = (response: ServerResponse, { status, says }: Answer): void => {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': '5' } : {}),
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    // What was not read of a refused body must not be taken for the next request.
    ...(status === 202 ? {} : { connection: 'close' }),
  })
  response.end(`${JSON.stringify({ status: says })}\n`)
}

/** Alertmanager's webhooks and OpenCost's answers over HTTP. What is answered 2xx is in Kafka; 4xx is the sender's fault, 5xx is to be tried again. */
export class IntakeServer {
  readonly #options: IntakeOptions
  readonly #server: Server
  #open = 0
  /** Bytes of bodies in memory. */
  #held = 0

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // Node's own end of a request that nobody has answered: later than ours, which says 503 and not 408.
    this.#server.requestTimeout = 2 * (options.readMs ?? READ_MS)
    this.#server.headersTimeout = READ_MS
  }

  /** Answers the port that it listens on. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => {
        const text = `the intake port ${host}:${port} cannot be had (${cause.message}); set INTAKE_PORT to a free one`
        reject(new Error(text, { cause }))
      })
      this.#server.listen(port, host, () => {
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Takes no more, and waits for those that are being answered. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeIdleConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open += 1
    let held = 0
    const holds = (bytes: number): boolean => {
      if (this.#held + bytes > MAX_OPEN * this.#options.maxBytes) return false
      held += bytes
      this.#held += bytes
      return true
    }
    try {
      const answer = this.#open > MAX_OPEN ? ANSWERS.busy : await this.#answer(request, holds)
      this.#options.facts.webhook(answer.result)
      tell(response, answer)
    } catch (error) {
      // One request must not end the process, whatever is in it.
      this.#options.failed(error)
      if (response.headersSent) response.destroy()
      else tell(response, ANSWERS.fault)
    } finally {
      this.#open -= 1
      this.#held -= held
    }
  }

  async #answer(request: IncomingMessage, holds: Reading['holds']): Promise<Answer> {
    const { token } = this.#options
    const url = targetOf(request)
    const door = DOORS.find(({ path }) => path === url?.pathname)
    if (url === undefined || door === undefined) return ANSWERS.path
    if (request.method !== 'POST') return ANSWERS.method
    if (token !== undefined && !isToken(request.headers.authorization, token)) return ANSWERS.token
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return ANSWERS.encoding
    const labels = labelsOf(url)
    if (labels === undefined) return ANSWERS.currency
    const maxBytes = this.#options.maxBytes * door.times
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(door)
    const text = await bodyOf(request, { ...this.#options, maxBytes, holds })
    if (text === undefined) return tooLarge(door)
    if (typeof text !== 'string') return text
    const body = bodyIn(text, door)
    if (body === undefined) return strange(door)
    const parts = door.parts(text, body, this.#options.maxBytes)
    return parts === undefined ? tooLarge(door) : this.#publish(parts, labels, door)
  }

  async #publish(texts: readonly string[], labels: Labels, door: Door): Promise<Answer> {
    try {
      await this.#options.publish(texts, labels)
      return ANSWERS.accepted
    } catch (error) {
      const next = nextStep(error)
      if (next === 'retry') return ANSWERS.kafka
      if (next === 'dead-letter') return tooLarge(door)
      this.#options.failed(error)
      return ANSWERS.fault
    }
  }
}
