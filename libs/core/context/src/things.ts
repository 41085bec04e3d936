/** Name of a thing within its cluster: `Kind/namespace/name`; the namespace is empty for what has none. */
export const thingId = (kind: string, namespace: string, name: string): string =>
  [kind, namespace, name].map((part) => encodeURIComponent(part.toWellFormed())).join('/')

const LABEL = 'labels.'

/** Whether a Service sends its traffic to the pods of a template. One without a selector has endpoints of its own. */
export const selects = (
  selector: Readonly<Record<string, string>>,
  template: Readonly<Record<string, string>>,
): boolean => {
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([key, value]) => template[LABEL + key] === value)
}

const CLUSTER_DOMAIN = /\.svc(?:\.[a-z0-9.-]+)?$/
const IP = /^\d{1,3}(?:\.\d{1,3}){3}$/
export const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/

/** The Service that an endpoint names, by the cluster's DNS schema (`name`, `name.namespace`, `name.namespace.svc…`); undefined for none. */
export const serviceOf = (endpoint: string, namespace: string): string | undefined => {
  const host = endpoint.replace(/:\d+$/, '')
  if (IP.test(host) || host === 'localhost') return undefined
  const labels = host.replace(CLUSTER_DOMAIN, '').split('.')
  if (labels.length === 1) return thingId('Service', namespace, labels[0]!)
  return labels.length === 2 ? thingId('Service', labels[1]!, labels[0]!) : undefined
}
