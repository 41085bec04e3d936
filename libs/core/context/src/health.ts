import type { Condition, SlimObject, SlimWorkload } from '@kubesift/contracts'

/** Whether an object is well, in the sense of `kubectl rollout status`, and if not, why. */
export interface Health {
  readonly ok: boolean
  readonly why: string
  /** Share of the wanted replicas that is not available, 0 to 1; only for workloads. */
  readonly down?: number
}

const ok = (why: string): Health => ({ ok: true, why })
const bad = (why: string): Health => ({ ok: false, why })

/**
 * updated = ready = available = desired, generation observed, Progressing not False (kubectl's polymorphichelpers/rollout_status.go).
 * A stalled bad rollout has ready = desired all the time (facts.md, 1): `updated` and the surplus replica tell it.
 */
const workloadHealth = (object: SlimObject, w: SlimWorkload): Health => {
  const down = w.desired === 0 ? 0 : Math.max(0, w.desired - w.available) / w.desired
  const as = (health: Health): Health => ({ ...health, down })
  if (object.generation !== undefined && w.observedGeneration < object.generation)
    return as(bad('the controller has not seen the newest spec'))
  if (w.conditions['Progressing']?.status === 'False')
    return as(
      bad(`rollout stalled: ${w.conditions['Progressing'].reason ?? 'Progressing is False'}`),
    )
  if (w.conditions['ReplicaFailure']?.status === 'True')
    return as(bad(`cannot create pods: ${w.conditions['ReplicaFailure'].reason ?? ''}`))
  const countsUpdated = object.kind !== 'ReplicaSet' && object.kind !== 'ReplicationController'
  if (countsUpdated && w.updated < w.desired)
    return as(bad(`${w.updated} of ${w.desired} replicas are of the newest revision`))
  if (w.replicas > w.desired)
    return as(bad(`${w.replicas - w.desired} old replicas are still there`))
  if (w.available < w.desired || w.ready < w.desired)
    return as(bad(`${Math.min(w.available, w.ready)} of ${w.desired} replicas are available`))
  return as(ok(`${w.available} of ${w.desired} replicas are updated, ready and available`))
}

const podHealth = (object: SlimObject): Health => {
  const pod = object.pod!
  if (pod.phase === 'Succeeded') return ok('the pod has succeeded')
  const waiting = pod.containers.find(
    (c) =>
      c.waiting !== undefined &&
      c.waiting.reason !== 'ContainerCreating' &&
      c.waiting.reason !== 'PodInitializing',
  )
  if (waiting?.waiting !== undefined)
    return bad(`container ${waiting.name} is waiting: ${waiting.waiting.reason}`)
  return pod.conditions['Ready']?.status === 'True'
    ? ok('the pod is ready')
    : bad(`the pod is ${pod.phase} and not ready`)
}

const isFailed = (operation: Condition | undefined): boolean =>
  operation?.status === 'Failed' || operation?.status === 'Error'

/** Argo CD's Application; one that says nothing of itself yet has no health. */
const applicationHealth = (
  health: Condition | undefined,
  operation: Condition | undefined,
): Health | undefined => {
  const said = isFailed(operation) ? operation : health
  if (said === undefined) return undefined
  return health?.status === 'Healthy' && !isFailed(operation)
    ? ok('the application is healthy')
    : bad(`the application is not well: ${said.status}`)
}

/** Ready is what controllers of other kinds say of them by convention (api-conventions.md, "Typical status properties"). */
const readyHealth = (ready: Condition | undefined): Health | undefined => {
  if (ready === undefined) return undefined
  return ready.status === 'True'
    ? ok('it is ready')
    : bad(`it is not ready: ${ready.reason ?? ready.status}`)
}

const conditionHealth = (object: SlimObject): Health | undefined => {
  const c = object.conditions ?? {}
  switch (object.kind) {
    case 'Node':
      return c['Ready']?.status === 'True'
        ? ok('the node is ready')
        : bad(`the node is not ready: ${c['Ready']?.reason ?? 'no Ready condition'}`)
    case 'PersistentVolumeClaim':
      return c['Phase']?.status === 'Bound'
        ? ok('the claim is bound')
        : bad(`the claim is ${c['Phase']?.status ?? 'unknown'}`)
    case 'HorizontalPodAutoscaler':
      return c['ScalingActive']?.status === 'True' && c['AbleToScale']?.status !== 'False'
        ? ok('the autoscaler is active')
        : bad(
            `the autoscaler is not active: ${c['ScalingActive']?.reason ?? 'no ScalingActive condition'}`,
          )
    default:
      return applicationHealth(c['Health'], c['Operation']) ?? readyHealth(c['Ready'])
  }
}

/** Health of one version of an object; undefined for kinds whose health nobody defines. */
export const healthOf = (object: SlimObject): Health | undefined => {
  if (object.workload !== undefined) return workloadHealth(object, object.workload)
  if (object.pod !== undefined) return podHealth(object)
  if (object.kind === 'Job' && object.job !== undefined) {
    return object.job.conditions['Complete']?.status === 'True'
      ? ok('the job is complete')
      : bad('the job is not complete')
  }
  if (object.kind === 'CronJob' && object.job !== undefined) {
    return object.job.lastSuccessAt === undefined ? bad('no run has succeeded') : undefined
  }
  return conditionHealth(object)
}
