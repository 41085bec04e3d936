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

/** The workload that a resource is of, as far as the Collector's k8sattributes processor or the SDK has said; else its pod. */
export const workloadOf = (resource: Json): ObjectRef | undefined => {
  const namespace = str(resource, 'k8s.namespace.name', 63)
  if (namespace === undefined) return undefined
  for (const [what, kind] of KINDS) {
    const name = str(resource, `k8s.${what}.name`, 253)
    if (name !== undefined)
      return compact({ kind, namespace, name, uid: str(resource, `k8s.${what}.uid`, 64) })
  }
  return undefined
}
