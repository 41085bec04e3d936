/**
 * Identity of an incident: one owner with one class of problem in one place.
 * Text form: `cluster/namespace/kind/name/problem`, each part percent-encoded, so that it is safe as a record key, a URL path and a column.
 */
export interface IncidentKeyParts {
  readonly cluster: string
  /** Empty for cluster-scoped owners. */
  readonly namespace: string
  readonly kind: string
  readonly name: string
  readonly problem: string
}

const encode = (part: string): string => encodeURIComponent(part.toWellFormed())

export const incidentKey = (parts: IncidentKeyParts): string =>
  [parts.cluster, parts.namespace, parts.kind, parts.name, parts.problem].map(encode).join('/')

/** The parts of a key, or undefined when the text is not one. */
export const parseIncidentKey = (key: string): IncidentKeyParts | undefined => {
  const parts = key.split('/')
  if (parts.length !== 5) return undefined
  try {
    const [cluster, namespace, kind, name, problem] = parts.map(decodeURIComponent)
    return { cluster: cluster!, namespace: namespace!, kind: kind!, name: name!, problem: problem! }
  } catch {
    return undefined // a stray % that encodes nothing
  }
}

/** Key of the `signals` topic: what one assembler owns. Cluster-scoped objects have an empty namespace. */
export const namespaceKey = (cluster: string, namespace: string): string =>
  `${encode(cluster)}/${encode(namespace)}`
