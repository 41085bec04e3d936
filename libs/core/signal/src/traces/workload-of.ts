import type { ObjectRef } from '@kubesift/contracts'
import { compact, str, type Json } from '../pick.ts'

/** OpenTelemetry, "Semantic conventions for Kubernetes": who deploys comes before the pod, so that its pods are one. */
const KINDS: readonly (readonly [what: string, kind: string])[] = [
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['cronjob', 'CronJob'],
  ['job', 'Job'],
  ['pod', 'Pod'],
]

/** What may be the name of a Service and of a namespace (RFC 1123); `unknown_service:java`, which SDKs make up, is none. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Where nothing else is said: instrumentation mostly has the name of the Service that its workload is behind. Where none is called so,
 * nothing comes of it.
 */
const serviceOf = (resource: Json): ObjectRef | undefined => {
  const namespace = (
    str(resource, 'k8s.namespace.name', 63) ?? str(resource, 'service.namespace', 63)
  )?.toLowerCase()
  const name = str(resource, 'service.name', 63)?.toLowerCase()
  if (namespace === undefined || name === undefined) return undefined
  return LABEL.test(namespace) && LABEL.test(name)
    ? { kind: 'Service', namespace, name }
    : undefined
}

/**
 * The workload that a resource is of, as far as the Collector's k8sattributes processor or the SDK has said; else its pod; else, by
 * `service.name` and a namespace, its Service. A bare `service.name` says not where: undefined.
 */
export const workloadOf = (resource: Json): ObjectRef | undefined => {
  const namespace = str(resource, 'k8s.namespace.name', 63)
  if (namespace === undefined) return serviceOf(resource)
  for (const [what, kind] of KINDS) {
    const name = str(resource, `k8s.${what}.name`, 253)
    if (name !== undefined)
      return compact({ kind, namespace, name, uid: str(resource, `k8s.${what}.uid`, 64) })
  }
  return serviceOf(resource)
}
