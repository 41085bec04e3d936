import { fileURLToPath } from 'node:url'
import { INCIDENT_PACKAGE, INCIDENT_PROTO, parseValue, PROTO_ROOT } from '@kubesift/contracts'
import {
  Client,
  credentials,
  loadPackageDefinition,
  status,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader'
import type { z } from 'zod'
import { ApiFailure } from './api-failure.ts'
import {
  incidentSchema,
  listResponse,
  watchResponse,
  type ApiIncident,
  type WatchChange,
} from './wire.ts'

/** What a list may be narrowed by; empty lists and texts do not narrow. */
export interface ListFilter {
  readonly statuses?: readonly string[]
  readonly severities?: readonly string[]
  readonly namespace?: string
  readonly cluster?: string
  readonly problem?: string
  readonly text?: string
}

export interface Listed {
  readonly incidents: readonly ApiIncident[]
  /** Hand this to `watch`, and nothing between list and watch is missed. */
  readonly cursor: string
}

/** The incident API, seen by one client. Every call throws {@link ApiFailure} and nothing else. */
export interface IncidentApi {
  readonly address: string
  readonly list: (filter: ListFilter, signal?: AbortSignal) => Promise<Listed>
  readonly get: (id: string) => Promise<ApiIncident>
  /** Comes back when the API answers. */
  readonly ping: (signal?: AbortSignal) => Promise<void>
  /** Changes behind the cursor, then live; ends when the signal says so. */
  readonly watch: (cursor: string, signal: AbortSignal) => AsyncGenerator<WatchChange>
  readonly close: () => void
}

const PAGE_SIZE = 500
const DEADLINE_MS = 10_000
const SERVICE = `${INCIDENT_PACKAGE}.IncidentService`

const loadService = (): ServiceDefinition => {
  const loaded = loadSync(fileURLToPath(new URL(INCIDENT_PROTO, PROTO_ROOT)), {
    includeDirs: [fileURLToPath(PROTO_ROOT)],
    keepCase: false,
    longs: String,
    enums: String,
    defaults: true,
    arrays: true,
  })
  loadPackageDefinition(loaded)
  return loaded[SERVICE] as ServiceDefinition
}

/** A client for the API at `host:port`; nothing connects yet. */
export const createApi = (address: string): IncidentApi => {
  const service = loadService()
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': 64 * 1024 * 1024,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 3_000,
  })
  const line: Line = { client, service, address }
  const unary = <T>(
    method: string,
    request: object,
    schema: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<T> =>
    call(line, method, request, signal).then(
      (answer) => checked(schema, answer, address),
      (why: unknown) => {
        throw ApiFailure.from(why, address)
      },
    )
  return {
    address,
    list: async (filter, signal) => {
      const incidents: ApiIncident[] = []
      let cursor = ''
      let pageToken = ''
      do {
        const request = { ...requestOf(filter), pageSize: PAGE_SIZE, pageToken }
        const page = await unary('ListIncidents', request, listResponse, signal)
        // the cursor of the first page is the oldest: what changes while pages are read comes again
        if (pageToken === '') cursor = page.watchCursor
        incidents.push(...page.incidents)
        pageToken = page.nextPageToken
      } while (pageToken !== '')
      return { incidents, cursor }
    },
    get: (id) => unary('GetIncident', { id }, incidentSchema),
    ping: async (signal) => {
      await unary('ListIncidents', { pageSize: 1 }, listResponse, signal)
    },
    watch: (cursor, signal) => watch(line, cursor, signal),
    close: () => client.close(),
  }
}

const requestOf = ({ statuses = [], severities = [], ...texts }: ListFilter) => ({
  statuses: statuses.map((text) => text.toUpperCase()),
  severities: severities.map((text) => text.toUpperCase()),
  ...texts,
})

const checked = <T>(schema: z.ZodType<T>, answer: unknown, address: string): T => {
  const parsed = parseValue(schema, answer)
  if (parsed.ok) return parsed.value
  throw new ApiFailure(
    `what answers at ${address} is no Kubesift of this version: ${parsed.why}`,
    'other',
  )
}

/** A connection, and what is spoken over it. */
interface Line {
  readonly client: Client
  readonly service: ServiceDefinition
  readonly address: string
}

const call = (
  { client, service }: Line,
  method: string,
  request: object,
  signal: AbortSignal | undefined,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = methodOf(service, method)
    const running = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      { deadline: Date.now() + DEADLINE_MS },
      (why: ServiceError | null, answer?: unknown) => {
        signal?.removeEventListener('abort', cancel)
        if (why === null) resolve(answer)
        else reject(why)
      },
    )
    const cancel = (): void => running.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
  })

const methodOf = (service: ServiceDefinition, name: string) => {
  const method = service[name]
  if (method === undefined) throw new ApiFailure(`the API has no method ${name}`, 'other')
  return method
}

const watch = async function* (
  { client, service, address }: Line,
  cursor: string,
  signal: AbortSignal,
): AsyncGenerator<WatchChange> {
  const { path, requestSerialize, responseDeserialize } = methodOf(service, 'WatchIncidents')
  const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
    cursor,
  })
  const cancel = (): void => stream.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    for await (const message of stream) yield checked(watchResponse, message, address)
  } catch (why) {
    if (!signal.aborted) throw ApiFailure.from(why, address)
  } finally {
    signal.removeEventListener('abort', cancel)
    // an iteration that is left early destroys the stream, and a cancelled call must not speak up afterwards
    stream.on('error', ignoreAfterEnd)
    stream.cancel()
  }
}

const ignoreAfterEnd = (why: Error): void => {
  if ('code' in why && why.code === status.CANCELLED) return
}
