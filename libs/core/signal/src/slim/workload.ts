import type { SlimJob, SlimObject, SlimWorkload } from '@kubesift/contracts'
import { bool, compact, int, str, sub, time, type Json } from '../pick.ts'
import { podEndpoints } from './endpoints.ts'
import { conditionsOf } from './head.ts'
import { flattenTemplate } from './template.ts'

export const WORKLOAD_KINDS: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Rollout',
])

/** A DaemonSet counts nodes where the others count replicas. */
const countsOf = (kind: string, spec: Json, status: Json) =>
  kind === 'DaemonSet'
    ? {
        desired: int(status, 'desiredNumberScheduled') ?? 0,
        replicas: int(status, 'currentNumberScheduled') ?? 0,
        updated: int(status, 'updatedNumberScheduled') ?? 0,
        ready: int(status, 'numberReady') ?? 0,
        available: int(status, 'numberAvailable') ?? 0,
      }
    : {
        desired: int(spec, 'replicas') ?? 1,
        replicas: int(status, 'replicas') ?? 0,
        updated: int(status, 'updatedReplicas') ?? 0,
        ready: int(status, 'readyReplicas') ?? 0,
        available: int(status, 'availableReplicas') ?? 0,
      }

/** Who it talks to, by its pod template; nothing where it declares nothing. */
const endpointsOf = (template: Json): Pick<SlimWorkload, 'calls' | 'listens' | 'hostNetwork'> => {
  const spec = sub(template, 'spec')
  const { calls, listens } = podEndpoints(spec)
  return {
    ...(bool(spec, 'hostNetwork') === true ? { hostNetwork: true } : {}),
    ...(calls.length === 0 ? {} : { calls: [...calls] }),
    ...(listens.length === 0 ? {} : { listens: [...listens] }),
  }
}

export const workloadOf = (object: Json, head: SlimObject): SlimWorkload => {
  const spec = sub(object, 'spec')
  const status = sub(object, 'status')
  return compact({
    ...endpointsOf(sub(spec, 'template')),
    ...countsOf(head.kind, spec, status),
    observedGeneration: int(status, 'observedGeneration') ?? 0,
    conditions: conditionsOf(status),
    revision:
      head.annotations['deployment.kubernetes.io/revision'] ?? str(status, 'updateRevision'),
    paused: bool(spec, 'paused'),
    template: Object.hasOwn(spec, 'template') ? flattenTemplate(sub(spec, 'template')) : undefined,
  })
}

export const jobOf = (object: Json): SlimJob => {
  const spec = sub(object, 'spec')
  const status = sub(object, 'status')
  return compact({
    active: int(status, 'active') ?? 0,
    succeeded: int(status, 'succeeded') ?? 0,
    failed: int(status, 'failed') ?? 0,
    conditions: conditionsOf(status),
    backoffLimit: int(spec, 'backoffLimit'),
    suspend: bool(spec, 'suspend'),
    lastSuccessAt: time(status, 'lastSuccessfulTime'),
    lastScheduleAt: time(status, 'lastScheduleTime'),
  })
}
