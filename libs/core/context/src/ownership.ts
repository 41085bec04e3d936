import type { ObjectRef, Owner, SlimObject } from '@kubesift/contracts'

/** Read access to the objects of a namespace, by UID and by kind and name (newest first). */
export interface ObjectsView {
  byUid(uid: string): SlimObject | undefined
  byName(kind: string, name: string): SlimObject | undefined
  /** Whether anything (an event, an object) has named such a thing. */
  hasName(kind: string, name: string): boolean
}

// The controllers' alphabet for generated names: apimachinery util/rand, without vowels and look-alikes.
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]'
// CronJob job: minutes since the epoch (controller/cronjob/utils.go, getJobName), seconds before Kubernetes 1.21. Those from 2014 to 2039:
// other digits are no time, but the hash of a ReplicaSet.
const CRON_JOB = /^(.+)-(?:(?:2[3-9]|3[0-6])\d{6}|(?:1[4-9]|2[01])\d{8})$/
const REPLICA_SET = new RegExp(`^(.+)-(${SAFE}{5,10})$`) // Deployment's ReplicaSet: pod-template-hash
const REPLICA_SET_POD = new RegExp(`^(.+)-(${SAFE}{5,10})-${SAFE}{5}$`)
const GENERATED_POD = new RegExp(`^(.+)-${SAFE}{5}$`)
const ORDINAL_POD = /^(.+)-(\d{1,5})$/

const inferred = (kind: string, name: string): Owner => ({ kind, name, by: 'inferred' })

const inferJob = (name: string): Owner => {
  const run = CRON_JOB.exec(name)
  return run === null ? inferred('Job', name) : inferred('CronJob', run[1]!)
}

/** A pod's owner from its name alone; which of two readings holds is decided by what else has been named. */
const inferPod = (name: string, view: ObjectsView): Owner | undefined => {
  const generated = GENERATED_POD.exec(name)?.[1]
  if (generated !== undefined) {
    const isReplicaSet = REPLICA_SET.test(generated) && view.hasName('ReplicaSet', generated)
    if (CRON_JOB.test(generated) && !isReplicaSet) return inferJob(generated)
    for (const kind of ['Job', 'DaemonSet']) {
      if (view.hasName(kind, generated))
        return kind === 'Job' ? inferJob(generated) : inferred(kind, generated)
    }
    const replicaSet = REPLICA_SET_POD.exec(name)
    if (replicaSet !== null) return inferred('Deployment', replicaSet[1]!)
    for (const kind of ['ReplicaSet', 'ReplicationController']) {
      if (view.hasName(kind, generated)) return inferred(kind, generated)
    }
    return inferred('DaemonSet', generated)
  }
  const ordinal = ORDINAL_POD.exec(name)
  return ordinal === null ? undefined : inferred('StatefulSet', ordinal[1]!)
}

/** The owner that the naming rules of the built-in controllers give, or undefined where they give none. */
export const inferOwner = (kind: string, name: string, view: ObjectsView): Owner | undefined => {
  if (kind === 'Pod') return inferPod(name, view)
  if (kind === 'Job') return CRON_JOB.test(name) ? inferJob(name) : undefined
  if (kind === 'ReplicaSet') {
    const match = REPLICA_SET.exec(name)
    return match === null ? undefined : inferred('Deployment', match[1]!)
  }
  return undefined
}

const MAX_DEPTH = 8

/**
 * Where climbing ends: what people deploy and roll back. What stands above it (an operator's resource, OpenShift's ClusterVersion) owns
 * hundreds of them and has no rollout of its own.
 */
const TOP_KINDS: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Rollout',
  'DeploymentConfig',
])

/** A Job is lifted to its CronJob and to nothing else. */
const isTop = (object: SlimObject, above: string): boolean =>
  TOP_KINDS.has(object.kind) || (object.kind === 'Job' && above !== 'CronJob')

/** Follows controller references to the top. Mirror pods name their Node as owner: a static pod is its own owner. */
const climb = (start: SlimObject, view: ObjectsView): Owner => {
  let at: SlimObject = start
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const ref = at.owners.find((o) => o.controller) ?? at.owners[0]
    if (ref === undefined || ref.kind === 'Node' || isTop(at, ref.kind)) break
    const next = view.byUid(ref.uid) ?? undefined
    if (next === undefined) {
      // The reference itself is the truth about this step; what stands above it can only be inferred.
      const above = inferOwner(ref.kind, ref.name, view)
      return (
        above ?? {
          kind: ref.kind,
          name: ref.name,
          ...(ref.uid === '' ? {} : { uid: ref.uid }),
          by: 'objects',
        }
      )
    }
    at = next
  }
  return { kind: at.kind, name: at.name, uid: at.uid, by: at === start ? 'self' : 'objects' }
}

/** Kubelets report static pods by the hash of their file, not by the UID of the mirror pod. */
const isMirrorOf = (object: SlimObject, uid: string): boolean =>
  object.annotations['kubernetes.io/config.hash'] === uid ||
  object.annotations['kubernetes.io/config.mirror'] === uid

/** The top controller of what an event is about, from the objects where they are known, else from names, else the object itself. */
export const liftOwner = (ref: ObjectRef, view: ObjectsView): Owner => {
  if (ref.kind === 'Node') return { kind: 'Node', name: ref.name, by: 'self' }
  const exact = ref.uid === undefined ? undefined : view.byUid(ref.uid)
  if (exact !== undefined) return climb(exact, view)
  const named = view.byName(ref.kind, ref.name)
  if (named !== undefined) {
    const owner = climb(named, view)
    return ref.uid === undefined || isMirrorOf(named, ref.uid)
      ? owner
      : { ...owner, by: owner.by === 'self' ? 'self' : 'inferred' }
  }
  return inferOwner(ref.kind, ref.name, view) ?? { kind: ref.kind, name: ref.name, by: 'self' }
}
