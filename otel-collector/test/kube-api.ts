import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { discovery, pathOf, SERVED, type KubeResource } from './kube-resources.ts'

/** An object of the cluster, as JSON. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string } & Record<
    string,
    unknown
  >
  readonly [field: string]: unknown
}

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED'

interface Change {
  readonly type: ChangeType
  readonly object: KubeObject
  readonly version: number
}

interface Watch {
  readonly path: string
  readonly response: ServerResponse
}

const GONE = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version',
  reason: 'Expired',
  code: 410,
}

/**
 * A stand-in for the Kubernetes API: discovery, list and watch with one growing resource version, bookmarks, and watches
 * that expire (410 Gone). It says what it was asked for.
 */
export class KubeApi {
  readonly #paths: ReadonlyMap<string, KubeResource> = new Map(
    SERVED.map((one) => [pathOf(one), one]),
  )
  readonly #discovery = discovery()
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #history = new Map<string, Change[]>()
  readonly #watches = new Set<Watch>()
  readonly #waiting = new Set<() => void>()
  readonly #requests: string[] = []
  readonly #server = createServer((request, response) => this.#answer(request, response))
  #version = 1000
  /** Changes up to this one are forgotten. */
  #forgotten = 0

  /** Every list and watch so far, as `list /api/v1/pods`. */
  get requests(): readonly string[] {
    return this.#requests
  }

  /** Listens on loopback and answers with the address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** What an object's creation, update or deletion does: the store changes and the watchers hear of it. Answers what they hear. */
  apply(type: ChangeType, object: KubeObject): KubeObject {
    const path = this.#pathFor(object)
    const version = (this.#version += 1)
    const stamped = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(version) },
    }
    const stored = this.#objects.get(path) ?? new Map<string, KubeObject>()
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`
    if (type === 'DELETED') stored.delete(key)
    else stored.set(key, stamped)
    this.#objects.set(path, stored)
    const change = { type, object: stamped, version }
    this.#history.set(path, [...(this.#history.get(path) ?? []), change])
    this.#tell(path, change)
    return stamped
  }

  /** Bookmarks to all watchers, as the real one sends about once a minute. */
  bookmark(): void {
    for (const { path, response } of this.#watches) {
      const resource = this.#paths.get(path)
      const metadata = { resourceVersion: String(this.#version), creationTimestamp: null }
      const object = { kind: resource?.kind, apiVersion: versionOf(resource), metadata }
      response.write(line({ type: 'BOOKMARK', object }))
    }
  }

  /** Forgets its history and ends all watches with 410 Gone, as after a compaction of etcd. */
  expire(): void {
    this.#forgotten = this.#version
    for (const { response } of this.#watches) response.end(line({ type: 'ERROR', object: GONE }))
    this.#watches.clear()
  }

  /** Resolves when all of these paths are being watched, `times` each (two receivers may watch the same). */
  async watched(paths: ReadonlyMap<string, number>): Promise<void> {
    const isWatched = (): boolean =>
      [...paths].every(
        ([path, times]) =>
          [...this.#watches].filter((watch) => watch.path === path).length >= times,
      )
    while (!isWatched()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://api')
    const known = this.#discovery.get(url.pathname)
    if (known !== undefined) return json(response, 200, known)
    const resource = this.#paths.get(url.pathname)
    if (resource === undefined)
      return json(response, 404, { ...GONE, reason: 'NotFound', code: 404 })
    const verb = ['1', 'true'].includes(url.searchParams.get('watch') ?? '') ? 'watch' : 'list'
    this.#requests.push(`${verb} ${url.pathname}`)
    if (verb === 'list') return json(response, 200, this.#list(resource))
    this.#watch(url.pathname, Number(url.searchParams.get('resourceVersion') ?? '0'), response)
  }

  #list(resource: KubeResource): object {
    const items = [...(this.#objects.get(pathOf(resource))?.values() ?? [])]
    const metadata = { resourceVersion: String(this.#version) }
    return { kind: `${resource.kind}List`, apiVersion: versionOf(resource), metadata, items }
  }

  #watch(path: string, since: number, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' })
    if (since < this.#forgotten) return void response.end(line({ type: 'ERROR', object: GONE }))
    response.flushHeaders()
    for (const change of this.#history.get(path) ?? [])
      if (change.version > since) response.write(line(change))
    const watch = { path, response }
    this.#watches.add(watch)
    response.once('close', () => this.#watches.delete(watch))
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  #tell(path: string, change: Change): void {
    for (const watch of this.#watches) if (watch.path === path) watch.response.write(line(change))
  }

  #pathFor({ apiVersion, kind }: KubeObject): string {
    const found = [...this.#paths].find(
      ([, one]) => one.kind === kind && versionOf(one) === apiVersion,
    )
    if (found === undefined) throw new Error(`the stand-in does not serve ${apiVersion} ${kind}`)
    return found[0]
  }
}

const versionOf = (resource: KubeResource | undefined): string =>
  resource === undefined || resource.group === '' ? 'v1' : `${resource.group}/${resource.version}`

const line = ({ type, object }: { type: string; object: unknown }): string =>
  `${JSON.stringify({ type, object })}\n`

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
