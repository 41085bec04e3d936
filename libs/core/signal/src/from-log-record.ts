import { isAllocation } from './allocations.ts'
import { isAlertWebhook } from './alerts.ts'
import { fromKube, type KubeAt } from './from-kube.ts'
import { fromK8sEventsRecord, isK8sEventsRecord } from './k8s-events-record.ts'
import type { At } from './kube-event.ts'
import type { LogRecord } from './log-record.ts'
import { flowIn, fromFlow } from './logs/hubble.ts'
import { fromPodLog } from './logs/pod-log.ts'
import { isContainerOutput, podOf } from './logs/pod-of.ts'
import { asRecord, str, type Json } from './pick.ts'
import type { Read } from './read.ts'

/** The cluster that a resource names. */
export const clusterOfResource = (resource: Json): string | undefined =>
  str(resource, 'k8s.cluster.name')

/** k8s.cluster.name is set by our agent's resource processor; neither receiver knows it. */
export const clusterOf = (record: LogRecord): string | undefined =>
  clusterOfResource(record.resource) ?? str(record.attributes, 'k8s.cluster.name')

/**
 * Whether silence after this record would mean that its cluster is not seen any more. A replay says no: what it repeats is over.
 */
export const claimsLiveness = (record: LogRecord): boolean =>
  str(record.resource, 'kubesift.liveness') !== 'none'

/** A body that is JSON, as an object or as text (webhookevent hands on what was posted as it is); undefined for any other. */
const jsonOf = (body: unknown): Json | undefined => {
  if (typeof body !== 'string') return asRecord(body)
  if (!/^\s*\{/.test(body)) return undefined
  try {
    return asRecord(JSON.parse(body))
  } catch {
    // a text that only begins like JSON: no reader knows it, and whoever asked says so
    return undefined
  }
}

const observed = ({ observedMs, resource }: LogRecord, at: At): KubeAt => {
  const currency = str(resource, 'kubesift.currency')
  return {
    ...at,
    ...(observedMs === null ? {} : { observedAt: observedMs }),
    ...(currency === undefined ? {} : { currency }),
  }
}

/** An object or a watch notification, as k8sobjects hands them over, or what was posted. */
const isKubeBody = (record: LogRecord, body: Json): boolean => {
  const isPosted = isAlertWebhook(body) || isAllocation(body)
  if (typeof record.body === 'string') return isPosted && !isContainerOutput(record)
  return (
    Object.hasOwn(body, 'metadata') ||
    (Object.hasOwn(body, 'type') && Object.hasOwn(body, 'object')) ||
    isPosted
  )
}

/** When it was said: by itself, else when it was seen. */
const timed = ({ timeMs, observedMs }: LogRecord, at: At): At => {
  const observedAt = timeMs ?? observedMs
  return observedAt === null ? at : { ...at, observedAt }
}

const read = (record: LogRecord, at: At): Read => {
  if (isK8sEventsRecord(record)) {
    const signal = fromK8sEventsRecord(record, at)
    return 'why' in signal
      ? { ok: false, why: signal.why }
      : { ok: true, namespace: signal.event.involved.namespace, signal }
  }
  const body = jsonOf(record.body)
  // A Collector may name its own pod on all that it sends: what a container has not printed is told by its shape.
  if (body !== undefined && isKubeBody(record, body)) return fromKube(body, observed(record, at))
  const flow = body === undefined ? undefined : flowIn(body)
  if (flow !== undefined) return fromFlow(flow, timed(record, at))
  const pod = podOf(record)
  if (pod !== undefined) return fromPodLog(record, body, { pod, at: timed(record, at) })
  if (body === undefined)
    return { ok: false, why: 'a log record that is neither an Event nor a Kubernetes object' }
  return fromKube(body, observed(record, at))
}

/**
 * One log record of a Collector as a signal: k8s_events (both attribute layouts), k8sobjects in watch mode (`{type, object}`) and in
 * pull mode (the object itself), webhookevent (Alertmanager's webhook or OpenCost's allocation as text), the log of a pod, flows of Hubble, Envoy's access log.
 */
export const fromLogRecord = (record: LogRecord, at: At): Read => {
  const result = read(record, at)
  const cluster = clusterOf(record)
  if (!result.ok || cluster === undefined) return result
  if ('each' in result)
    return {
      ok: true,
      each: result.each.map((one) => ('signal' in one ? { ...one, cluster } : one)),
    }
  return 'signal' in result ? { ...result, cluster } : result
}
