import type { Condition, SlimObject } from '@kubesift/contracts'
import { bool, compact, cut, int, list, str, stringMap, sub, time, type Json } from '../pick.ts'

/** Annotations that explain a change or name an owner; everything else (last-applied-configuration above all) stays behind. */
const KEPT_ANNOTATIONS =
  /^(kubernetes\.io\/(change-cause|config\.(hash|mirror|source))|deployment\.kubernetes\.io\/(revision|revision-history)|meta\.helm\.sh\/.*|argocd\.argoproj\.io\/tracking-id|kustomize\.toolkit\.fluxcd\.io\/.*|kubectl\.kubernetes\.io\/restartedAt|checksum\/.*|backstage\.io\/.*|kubesift\.dev\/tier|team|owner)$/

/**
 * The newest writer of the spec. `managedFields` names managers and times; status writers and the controllers' own bookkeeping
 * (subresource set) are no changes by anybody.
 */
const writerOf = (meta: Json): SlimObject['writer'] => {
  const writers = list(meta, 'managedFields').flatMap((entry) => {
    const manager = str(entry, 'manager')
    if (manager === undefined || str(entry, 'subresource') !== undefined) return []
    return [compact({ manager, at: time(entry, 'time') })]
  })
  return writers.sort((a, b) => (b.at ?? 0) - (a.at ?? 0) || a.manager.localeCompare(b.manager))[0]
}

export const conditionsOf = (status: Json): Record<string, Condition> =>
  Object.fromEntries(
    list(status, 'conditions', 32).flatMap((entry) => {
      const type = str(entry, 'type')
      if (type === undefined) return []
      const status = str(entry, 'status') ?? 'Unknown'
      return [
        [
          type,
          compact({
            status,
            reason: str(entry, 'reason'),
            message: str(entry, 'message', 512),
            at: time(entry, 'lastTransitionTime'),
            updatedAt: time(entry, 'lastUpdateTime'),
            // Of any other it moves with each heartbeat and says nothing.
            heardAt: status === 'Unknown' ? time(entry, 'lastHeartbeatTime') : undefined,
          }),
        ] as const,
      ]
    }),
  )

/** Deletion was asked for this long before `deletionTimestamp`, which is when the object is due to be gone. */
const deletingAt = (meta: Json): number | undefined => {
  const due = time(meta, 'deletionTimestamp')
  return due === undefined ? undefined : due - (int(meta, 'deletionGracePeriodSeconds') ?? 0) * 1000
}

/** What every object has. `undefined` where it has no kind, name or UID: then it cannot be joined to anything. */
export const headOf = (object: Json): SlimObject | undefined => {
  const meta = sub(object, 'metadata')
  const kind = str(object, 'kind')
  const name = str(meta, 'name')
  const uid = str(meta, 'uid')
  if (kind === undefined || name === undefined || uid === undefined) return undefined
  return compact({
    kind,
    apiVersion: str(object, 'apiVersion') ?? '',
    namespace: kind === 'Namespace' ? name : (str(meta, 'namespace') ?? ''),
    name,
    uid,
    rv: str(meta, 'resourceVersion') ?? '0',
    createdAt: time(meta, 'creationTimestamp'),
    generation: int(meta, 'generation'),
    deletingAt: deletingAt(meta),
    labels: stringMap(sub(meta, 'labels')),
    annotations: stringMap(sub(meta, 'annotations'), (key) => KEPT_ANNOTATIONS.test(key)),
    owners: list(meta, 'ownerReferences', 16).map((ref) => ({
      kind: cut(str(ref, 'kind') ?? '', 128),
      name: str(ref, 'name') ?? '',
      uid: str(ref, 'uid') ?? '',
      controller: bool(ref, 'controller') ?? false,
    })),
    writer: writerOf(meta),
  })
}
