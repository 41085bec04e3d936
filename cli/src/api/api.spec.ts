import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { INCIDENT_DATABASE_AWAY, INCIDENT_PROTO, PROTO_ROOT } from '@kubesift/contracts'
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader'
import { createApi } from './client.ts'
import { follow, type Followed } from './follow.ts'

type Json = Record<string, unknown>
const service = loadSync(fileURLToPath(new URL(INCIDENT_PROTO, PROTO_ROOT)), {
  includeDirs: [fileURLToPath(PROTO_ROOT)],
})['kubesift.incident.v1.IncidentService'] as ServiceDefinition

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const serve = async (
  implementation: UntypedServiceImplementation,
  port = 0,
): Promise<{ address: string; stop: () => void }> => {
  const server = new Server()
  server.addService(service, implementation)
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (why, got) =>
      why === null ? resolve(got) : reject(why),
    )
  })
  const stop = (): void => server.forceShutdown()
  closing.push(stop)
  return { address: `127.0.0.1:${bound}`, stop }
}

const incident = (id: string, revision: number, more: Json = {}): Json => ({
  id,
  revision: String(revision),
  severity: 'P1',
  status: 'OPEN',
  occurrenceCount: '9007199254740991',
  firstSeenAt: { seconds: '1795223274', nanos: 910_000_000 },
  ...more,
})

const client = (address: string) => {
  const api = createApi(address)
  closing.push(() => api.close())
  return api
}

/** Lists one page per entry; watches answer what `watch` writes. */
const fake = (
  pages: readonly Json[][],
  watch: (call: ServerWritableStream<Json, Json>) => void,
) => ({
  ListIncidents: (call: ServerUnaryCall<Json, Json>, done: sendUnaryData<Json>) => {
    const page = Number(call.request['pageToken'] === '' ? 0 : call.request['pageToken'])
    done(null, {
      incidents: pages[page] ?? [],
      nextPageToken: page + 1 < pages.length ? String(page + 1) : '',
      watchCursor: `at-${page}`,
    })
  },
  GetIncident: (call: ServerUnaryCall<Json, Json>, done: sendUnaryData<Json>) => {
    if (call.request['id'] === 'known') done(null, incident('known', 1))
    else done({ code: status.NOT_FOUND, details: 'there is no incident nobody' })
  },
  WatchIncidents: watch,
})

const take = async (
  changes: AsyncGenerator<Followed>,
  until: (seen: readonly Followed[]) => boolean,
): Promise<Followed[]> => {
  const seen: Followed[] = []
  for await (const change of changes) {
    seen.push(change)
    if (until(seen)) break
  }
  return seen
}
const said = (seen: readonly Followed[]): string[] =>
  seen.map((s) =>
    s.t === 'changed'
      ? `${s.incident.id}@${s.incident.revision}`
      : s.t === 'all'
        ? `all ${s.incidents.map((i) => i.id).join()}`
        : s.t,
  )

describe('the client', () => {
  it('tells an API without its database from one that is away', async () => {
    const { address } = await serve({
      ...fake([], (call) => call.end()),
      ListIncidents: (_: ServerUnaryCall<Json, Json>, done: sendUnaryData<Json>) =>
        done({ code: status.UNAVAILABLE, details: INCIDENT_DATABASE_AWAY }),
    })
    await expect(client(address).list({})).rejects.toMatchObject({
      problem: 'away',
      message: `Kubesift at ${address} is there, but ${INCIDENT_DATABASE_AWAY}`,
    })
  })

  it('reads all pages, in our own types, and keeps the cursor of the first', async () => {
    const { address } = await serve(
      fake([[incident('a', 1)], [incident('b', 2)]], (call) => call.end()),
    )
    const listed = await client(address).list({})
    expect(listed.cursor).toBe('at-0')
    expect(listed.incidents.map((i) => i.id)).toEqual(['a', 'b'])
    expect(listed.incidents[0]).toMatchObject({
      severity: 'P1',
      status: 'open',
      revision: 1,
      occurrenceCount: 9_007_199_254_740_991,
      firstSeenAt: 1_795_223_274_910,
      lastSeenAt: null,
    })
  })

  it('says what is the matter in one line and with the exit code of its kind', async () => {
    const { address, stop } = await serve(fake([[]], (call) => call.end()))
    const api = client(address)
    await expect(api.get('nobody')).rejects.toMatchObject({
      message: 'there is no incident nobody: `./kubesift incidents list` shows which there are',
      problem: 'not-found',
      exitCode: 1,
    })
    stop()
    await expect(api.get('known')).rejects.toMatchObject({ problem: 'away', exitCode: 4 })
  })
})

describe('follow', () => {
  it('lists, then goes on from the cursor of the list', async () => {
    const cursors: unknown[] = []
    const { address } = await serve(
      fake([[incident('a', 1)]], (call) => {
        cursors.push(call.request['cursor'])
        call.write({ cursor: 'c2', incident: incident('a', 2) })
      }),
    )
    const stop = new AbortController()
    const seen = await take(follow(client(address), stop.signal), (s) => s.length === 2)
    expect(said(seen)).toEqual(['all a', 'a@2'])
    expect(cursors).toEqual(['at-0'])
  })

  it('resumes by the newest cursor where the stream broke', async () => {
    const cursors: unknown[] = []
    const { address } = await serve(
      fake([[]], (call) => {
        cursors.push(call.request['cursor'])
        call.write({ cursor: `c${cursors.length}`, incident: incident('a', cursors.length) })
        if (cursors.length === 1)
          call.emit('error', { code: status.UNAVAILABLE, details: 'going down' })
      }),
    )
    const stop = new AbortController()
    const seen = await take(follow(client(address), stop.signal), (s) => said(s).includes('a@2'))
    expect(said(seen)).toEqual(['all ', 'a@1', 'away', 'back', 'a@2'])
    expect(cursors).toEqual(['at-0', 'c1'])
  })

  it('lists again when its cursor is too old', async () => {
    let watches = 0
    const { address } = await serve(
      fake([[incident('a', 5)]], (call) => {
        watches += 1
        if (watches === 1) call.emit('error', { code: status.OUT_OF_RANGE, details: 'too old' })
        else call.write({ cursor: 'c', incident: incident('a', 6) })
      }),
    )
    const seen = await take(follow(client(address), new AbortController().signal), (s) =>
      said(s).includes('a@6'),
    )
    expect(said(seen)).toEqual(['all a', 'all a', 'a@6'])
  })

  it('throws where nothing answers from the start, and waits where it is told to be patient', async () => {
    const { address, stop } = await serve(fake([[]], (call) => call.end()))
    stop()
    const api = client(address)
    await expect(
      take(follow(api, new AbortController().signal), () => false),
    ).rejects.toMatchObject({
      problem: 'away',
    })
    const patient = await take(
      follow(api, new AbortController().signal, { patient: true }),
      (s) => s.length === 1,
    )
    expect(said(patient)).toEqual(['away'])
  })

  it('ends when the signal says so, without an error', async () => {
    const stop = new AbortController()
    const { address } = await serve(fake([[]], () => undefined))
    const changes = follow(client(address), stop.signal)
    expect((await changes.next()).value).toEqual({ t: 'all', incidents: [] })
    const next = changes.next()
    stop.abort()
    expect(await next).toEqual({ value: undefined, done: true })
  })
})
