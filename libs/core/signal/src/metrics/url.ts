import type { ObjectRef } from '@kubesift/contracts'
import { cut } from '../pick.ts'

/** `http://checkout.shop.svc.cluster.local:8080/healthz` → scheme, host with port. */
const URL =
  /^[a-z][a-z0-9+.-]{0,30}:\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#:[\]]+)(?::\d{1,5})?(?:[/?#]|$)/i
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The Service that a host name means by the cluster's DNS schema: `name.namespace.svc…`. Where it was asked from a namespace that is
 * known, `name` and `name.namespace` too, though the latter may be a name of the world. Undefined for any other name, and for addresses.
 */
export const serviceOfHost = (host: string, from?: string): ObjectRef | undefined => {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.')
  const [name = '', namespace = from ?? '', svc] = labels
  const isKnown = svc === undefined ? from !== undefined : svc === 'svc'
  return isKnown && LABEL.test(name) && LABEL.test(namespace) && !/^\d+$/.test(namespace)
    ? { kind: 'Service', namespace, name }
    : undefined
}

/** What an address is of: a Service of the cluster, else an endpoint somewhere; undefined for what is no address. */
export const placeOfUrl = (url: string): ObjectRef | undefined => {
  const host = URL.exec(url)?.[1]
  if (host === undefined || host === '') return undefined
  return (
    serviceOfHost(host) ?? { kind: 'Endpoint', namespace: '', name: cut(host.toLowerCase(), 253) }
  )
}
