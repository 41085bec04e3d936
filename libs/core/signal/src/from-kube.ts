import type { ObjectSignal } from '@kubesift/contracts'
import { fromAllocation, isAllocation } from './allocations.ts'
import { fromAlertWebhook, isAlertWebhook } from './alerts.ts'
import { fromKubeEvent, guard, isKubeEvent, type At } from './kube-event.ts'
import { asRecord, list, str, sub, time, type Json } from './pick.ts'
import type { Read, ReadOne } from './read.ts'
import { deliveriesOf } from './slim/delivery.ts'
import { slimObject } from './slim/slim-object.ts'

export interface KubeAt extends At {
  /** `ADDED`, `MODIFIED`, `DELETED` … of a watch. */
  readonly watchType?: string
  /** That of costs, where whoever sent them says so. */
  readonly currency?: string
}

/** A dump has no observed time: the newest time that the object itself names is the latest we know it was so. */
const newestInstantOf = (object: Json): number | undefined => {
  const status = sub(object, 'status')
  const times = [
    time(sub(object, 'metadata'), 'creationTimestamp'),
    ...list(sub(object, 'metadata'), 'managedFields').map((f) => time(f, 'time')),
    ...list(status, 'conditions').flatMap((c) => [
      time(c, 'lastTransitionTime'),
      time(c, 'lastUpdateTime'),
      time(c, 'lastHeartbeatTime'),
    ]),
    ...list(status, 'containerStatuses').flatMap((c) => [
      time(sub(sub(c, 'state'), 'running'), 'startedAt'),
      time(sub(sub(c, 'state'), 'terminated'), 'finishedAt'),
      time(sub(sub(c, 'lastState'), 'terminated'), 'finishedAt'),
    ]),
  ].filter((t): t is number => t !== undefined)
  return times.length === 0 ? undefined : Math.max(...times)
}

const objectSignal = (object: Json, at: KubeAt): ObjectSignal | { readonly why: string } => {
  const slim = slimObject(object)
  if (slim === undefined) return { why: 'an object without kind, name or UID' }
  const toldAt = at.observedAt ?? newestInstantOf(object) ?? at.kafkaAt
  if (toldAt === undefined) return { why: 'an object without any time' }
  const observedAt = guard(toldAt, at)
  return {
    t: 'object',
    offsets: [at.offset],
    repeats: 1,
    observedAt,
    ...(at.watchType === 'DELETED' ? { deleted: true } : {}),
    object: slim,
  }
}

/**
 * Any Kubernetes JSON object as a signal. A watch notification (`{type, object}`) is unwrapped. The DELETED of an Event is its time to
 * live running out: no occurrence and no recovery (domain.md), so it is skipped. BOOKMARK and ERROR carry no object. The body of an
 * Alertmanager webhook is read too, alert by alert, and an allocation of OpenCost, row by row.
 */
export const fromKube = (item: unknown, at: KubeAt): Read => {
  const outer = asRecord(item)
  if (outer === undefined) return { ok: false, why: 'not a JSON object' }
  const type = str(outer, 'type')
  if (type !== undefined && Object.hasOwn(outer, 'object') && !Object.hasOwn(outer, 'metadata')) {
    if (type === 'BOOKMARK' || type === 'ERROR') return { ok: true, skipped: `watch ${type}` }
    return fromKube(outer['object'], { ...at, watchType: type })
  }
  if (isKubeEvent(outer)) {
    if (at.watchType === 'DELETED')
      return { ok: true, skipped: 'an Event whose time to live ran out' }
    const signal = fromKubeEvent(outer, at)
    return 'why' in signal
      ? { ok: false, why: signal.why }
      : { ok: true, namespace: signal.event.involved.namespace, signal }
  }
  if (isAlertWebhook(outer)) return { ok: true, each: fromAlertWebhook(outer, at) }
  if (isAllocation(outer)) return { ok: true, each: fromAllocation(outer, at, at.currency) }
  return objectRead(outer, at)
}

/** An object, and what it brought into other namespaces, where it is of a delivery tool. */
const objectRead = (object: Json, at: KubeAt): Read => {
  const signal = objectSignal(object, at)
  if ('why' in signal) return { ok: false, why: signal.why }
  const one: ReadOne = { ok: true, namespace: signal.object.namespace, signal }
  const deliveries = at.watchType === 'DELETED' ? [] : deliveriesOf(object, signal.object)
  if (deliveries.length === 0) return one
  const { offsets, repeats, observedAt } = signal
  const releases = deliveries.map(({ namespace, delivery }): ReadOne => ({
    ok: true,
    namespace,
    signal: {
      t: 'release',
      offsets,
      repeats,
      observedAt,
      release: {
        ...delivery,
        deployments: delivery.deployments.map((d) => ({ ...d, at: guard(d.at, at) })),
      },
    },
  }))
  return { ok: true, each: [one, ...releases] }
}
