import { ChangeFeed, IncidentReader, pageEndOf } from '@kubesift/adapter-postgres'
import type { Incident } from '@kubesift/contracts'
import { Controller, Inject } from '@nestjs/common'
import {
  GrpcInvalidArgumentException,
  GrpcMethod,
  GrpcNotFoundException,
} from '@nestjs/microservices'
import type { Observable } from 'rxjs'
import { cursorText, readCursor } from './cursor-text.ts'
import { pageTokenOf, readPageToken } from './page-token.ts'
import { protoOf, type ProtoIncident } from './proto-values.ts'
import { readGetRequest, readListRequest, readWatchRequest } from './requests.ts'
import { watchChanges, type Sink, type WatchAnswer } from './watch.ts'

/** Injection token: ends every stream when the service stops. */
export const CLOSING = Symbol('closing')

/** gRPC clients refuse more than 4 MiB by default; a page of large incidents ends early instead. */
const PAGE_BYTES = 2_000_000

interface Page {
  readonly incidents: readonly Incident[]
  readonly more: boolean
}

const cutToBytes = (found: readonly Incident[], pageSize: number): Page => {
  let bytes = 0
  const incidents: Incident[] = []
  for (const incident of found.slice(0, pageSize)) {
    bytes += Buffer.byteLength(JSON.stringify(incident))
    if (incidents.length > 0 && bytes > PAGE_BYTES) break
    incidents.push(incident)
  }
  return { incidents, more: incidents.length < found.length }
}

/** `kubesift.incident.v1.IncidentService`. */
@Controller()
export class IncidentController {
  readonly #reader: IncidentReader
  readonly #feed: ChangeFeed
  readonly #closing: AbortSignal

  constructor(
    @Inject(IncidentReader) reader: IncidentReader,
    @Inject(ChangeFeed) feed: ChangeFeed,
    @Inject(CLOSING) closing: AbortSignal,
  ) {
    this.#reader = reader
    this.#feed = feed
    this.#closing = closing
  }

  @GrpcMethod('IncidentService', 'ListIncidents')
  async listIncidents(request: unknown): Promise<{
    readonly incidents: readonly ProtoIncident[]
    readonly nextPageToken: string
    readonly watchCursor: string
  }> {
    const { filter, pageSize, pageToken } = readListRequest(request)
    const after = readPageToken(filter, pageToken)
    // Before the list: what changes meanwhile is told by the watch, perhaps twice, never not at all.
    const cursor = await this.#feed.now()
    const page = cutToBytes(await this.#reader.list(filter, pageSize + 1, after), pageSize)
    const last = page.incidents.at(-1)
    return {
      incidents: page.incidents.map((incident) => protoOf(incident)),
      nextPageToken: page.more && last !== undefined ? pageTokenOf(filter, pageEndOf(last)) : '',
      watchCursor: cursorText(cursor),
    }
  }

  @GrpcMethod('IncidentService', 'GetIncident')
  async getIncident(request: unknown): Promise<ProtoIncident> {
    const { id } = readGetRequest(request)
    const found = await this.#reader.find(id)
    if (found.ok) return protoOf(found.incident, await this.#reader.notes(found.incident.id))
    if (found.matches === 0) throw new GrpcNotFoundException(`no incident has the id ${id}`)
    throw new GrpcInvalidArgumentException(
      `id: several incidents begin with ${id}; give more of its characters`,
    )
  }

  @GrpcMethod('IncidentService', 'WatchIncidents')
  watchIncidents(request: unknown, _metadata: unknown, call: Sink): Observable<WatchAnswer> {
    const { cursor } = readWatchRequest(request)
    const from = cursor === '' ? undefined : readCursor(cursor)
    return watchChanges(this.#feed, from, call, this.#closing)
  }
}
