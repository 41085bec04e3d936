import type { ObjectRef } from '@kubesift/contracts'
import { serviceOfHost } from '../metrics/url.ts'
import { str, type Json } from '../pick.ts'

/** The other end of a call. */
export interface Peer {
  readonly ref: ObjectRef
  /** What it speaks, where that is said: `postgresql`, `kafka`, `grpc`. */
  readonly system?: string
}

/** The names of the semantic conventions, the newest first (server.address since 1.21, service.peer.name since 1.36). */
const ADDRESSES = ['server.address', 'net.peer.name', 'net.sock.peer.name', 'net.peer.host']
const NAMES = ['service.peer.name', 'peer.service']
const SYSTEMS = ['db.system.name', 'db.system', 'messaging.system', 'rpc.system.name', 'rpc.system']

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:.]*\]?)$/i
const LOCAL = /^(?:localhost|127\..*|::1)$/i
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

const first = (attributes: Json, keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const value = str(attributes, key, 253)
    if (value !== undefined) return value
  }
  return undefined
}

const byAddress = (attributes: Json, namespace: string): ObjectRef | undefined => {
  const host = first(attributes, ADDRESSES)?.replace(/:\d{1,5}$/, '')
  return host === undefined || IP.test(host) || LOCAL.test(host)
    ? undefined
    : serviceOfHost(host, namespace)
}

/** A name that instrumentation gives may be that of the Service; where none is called so, nothing comes of it. */
const byName = (attributes: Json, namespace: string): ObjectRef | undefined => {
  const name = first(attributes, NAMES)?.toLowerCase()
  const in_ = str(attributes, 'service.peer.namespace', 63)?.toLowerCase() ?? namespace
  if (name === undefined) return undefined
  const dotted = serviceOfHost(name, in_)
  return dotted ?? (LABEL.test(name) ? { kind: 'Service', namespace: in_, name } : undefined)
}

/**
 * Whom a span calls, by its peer attributes: a Service of the cluster. Undefined for what is outside of the cluster and for bare
 * addresses, of which nobody could say what they are.
 */
export const peerOf = (attributes: Json, namespace: string): Peer | undefined => {
  const ref = byAddress(attributes, namespace) ?? byName(attributes, namespace)
  const system = first(attributes, SYSTEMS)?.slice(0, 32)
  return ref === undefined ? undefined : { ref, ...(system === undefined ? {} : { system }) }
}
