import { fromKube, type Read } from './from-kube.ts'
import { fromK8sEventsRecord, isK8sEventsRecord } from './k8s-events-record.ts'
import type { At } from './kube-event.ts'
import type { LogRecord } from './log-record.ts'
import { asRecord, str } from './pick.ts'

/** k8s.cluster.name is set by our agent's resource processor; neither receiver knows it. */
export const clusterOf = (record: LogRecord): string | undefined =>
  str(record.resource, 'k8s.cluster.name') ?? str(record.attributes, 'k8s.cluster.name')

/**
 * Whether silence after this record would mean that its cluster is not seen any more. A replay says no: what it repeats is over.
 */
export const claimsLiveness = (record: LogRecord): boolean =>
  str(record.resource, 'kubesift.liveness') !== 'none'

const read = (record: LogRecord, at: At): Read => {
  if (isK8sEventsRecord(record)) {
    const signal = fromK8sEventsRecord(record, at)
    return 'why' in signal
      ? { ok: false, why: signal.why }
      : { ok: true, namespace: signal.event.involved.namespace, signal }
  }
  const body = asRecord(record.body)
  if (body === undefined)
    return { ok: false, why: 'a log record that is neither an Event nor a Kubernetes object' }
  return fromKube(body, record.observedMs === null ? at : { ...at, observedAt: record.observedMs })
}

/**
 * One log record of a Collector as a signal: k8s_events (both attribute layouts), k8sobjects in watch mode (`{type, object}`) and in
 * pull mode (the object itself).
 */
export const fromLogRecord = (record: LogRecord, at: At): Read => {
  const result = read(record, at)
  const cluster = clusterOf(record)
  return result.ok && 'signal' in result && cluster !== undefined ? { ...result, cluster } : result
}
