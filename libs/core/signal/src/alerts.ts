import type { AlertSignal, ObjectRef } from '@kubesift/contracts'
import { contentId } from './hash.ts'
import { guard, MESSAGE_MAX, type At } from './kube-event.ts'
import { compact, cut, list, str, sub, time, type Json } from './pick.ts'
import type { ReadOne } from './read.ts'
import { redact } from './redact.ts'

/** So many alerts of one webhook are read: more than a message of 1 MB has room for. Alertmanager's own `max_alerts` is 0, no limit. */
const MAX_ALERTS = 5_000

/** True for the body of an Alertmanager webhook (version 4, which Grafana and Loki's ruler send too; some proxies drop the version). */
export const isAlertWebhook = (body: Json): boolean =>
  Array.isArray(body['alerts']) &&
  !Object.hasOwn(body, 'metadata') &&
  ['status', 'receiver', 'groupKey', 'version'].some((key) => Object.hasOwn(body, key))

/** A label as the alert has it; what the scrape overwrote was kept under `exported_…` (Prometheus, `honor_labels: false`). */
const labelOf = (labels: Json, name: string): string | undefined =>
  str(labels, `exported_${name}`) ?? str(labels, name)

/**
 * Label → kind, in the order in which they are asked: a workload before its pod, since who names both names the pod as an example; a
 * Service last, since kube-state-metrics puts its own on everything that it exports.
 */
const KINDS: readonly (readonly [label: string, kind: string, scoped: boolean])[] = [
  ['horizontalpodautoscaler', 'HorizontalPodAutoscaler', true],
  ['hpa', 'HorizontalPodAutoscaler', true],
  ['resourcequota', 'ResourceQuota', true],
  ['persistentvolumeclaim', 'PersistentVolumeClaim', true],
  ['job_name', 'Job', true],
  ['cronjob', 'CronJob', true],
  ['daemonset', 'DaemonSet', true],
  ['statefulset', 'StatefulSet', true],
  ['deployment', 'Deployment', true],
  ['rollout', 'Rollout', true],
  ['replicaset', 'ReplicaSet', true],
  ['pod', 'Pod', true],
  ['pod_name', 'Pod', true],
  ['node', 'Node', false],
  ['persistentvolume', 'PersistentVolume', false],
  ['ingress', 'Ingress', true],
]

/** `workload` and `workload_type`, as the recording rules of kube-prometheus name them. */
const WORKLOAD_TYPES: ReadonlyMap<string, string> = new Map(
  ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'ReplicaSet'].map((kind) => [
    kind.toLowerCase(),
    kind,
  ]),
)

/** Alerts of kube-state-metrics have its Service as `service`; only what is about scraping means the Service that it names. */
const serviceOf = (labels: Json): string | undefined => {
  const service = labelOf(labels, 'service')
  return service === undefined || service.endsWith('kube-state-metrics') ? undefined : service
}

/** `job` is the scrape's in nearly every alert: a Job only where the alert is about Jobs and names none otherwise. */
const jobOf = (name: string, labels: Json): string | undefined =>
  /^Kube(?:Cron)?Job/.test(name) && labelOf(labels, 'job') !== 'kube-state-metrics'
    ? labelOf(labels, 'job')
    : undefined

/** What an alert is about, by its labels. One that names nothing that we know is about itself: `Alert/<name>`. */
const involvedBy = (name: string, labels: Json): ObjectRef => {
  const namespace = labelOf(labels, 'namespace') ?? ''
  for (const [label, kind, scoped] of KINDS) {
    const found = labelOf(labels, label)
    if (found !== undefined && (namespace !== '' || !scoped))
      return { kind, namespace: scoped ? namespace : '', name: found }
  }
  const workload = labelOf(labels, 'workload')
  const kind = WORKLOAD_TYPES.get((labelOf(labels, 'workload_type') ?? '').toLowerCase())
  if (workload !== undefined && kind !== undefined && namespace !== '')
    return { kind, namespace, name: workload }
  const job = jobOf(name, labels)
  if (job !== undefined && namespace !== '') return { kind: 'Job', namespace, name: job }
  const service = serviceOf(labels)
  if (service !== undefined && namespace !== '')
    return { kind: 'Service', namespace, name: service }
  return { kind: 'Alert', namespace, name }
}

const messageOf = (alert: Json): string => {
  const annotations = sub(alert, 'annotations')
  const said = ['summary', 'description', 'message']
    .map((key) => str(annotations, key, MESSAGE_MAX))
    .filter((text) => text !== undefined)
  return cut(redact([...new Set(said)].join(': ')), MESSAGE_MAX)
}

/** Labels by name, so that an alert without a fingerprint (some proxies drop it) has an identity of its own. */
const identityOf = (labels: Json): string =>
  contentId(
    JSON.stringify(
      Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, 64),
    ),
  )

/** Go's zero time is how Alertmanager says that an alert has no end yet. */
const endOf = (alert: Json, toldAt: number): number | undefined => {
  const endsAt = time(alert, 'endsAt')
  return str(alert, 'status') === 'resolved' ? (endsAt ?? toldAt) : undefined
}

const oneAlert = (alert: Json, toldAt: number, at: At): AlertSignal | { readonly why: string } => {
  const labels = sub(alert, 'labels')
  const name = str(labels, 'alertname')
  const began = time(alert, 'startsAt')
  if (name === undefined) return { why: 'an alert without the label alertname' }
  if (began === undefined) return { why: 'an alert that does not say since when' }
  const startsAt = guard(began, at)
  const ended = endOf(alert, toldAt)
  return {
    t: 'alert',
    offsets: [at.offset],
    repeats: 1,
    toldAt,
    alert: compact({
      fingerprint: str(alert, 'fingerprint') ?? identityOf(labels),
      name,
      severity: str(labels, 'severity', 64)?.toLowerCase(),
      involved: involvedBy(name, labels),
      message: messageOf(alert),
      startsAt,
      endsAt: ended === undefined ? undefined : Math.max(startsAt, guard(ended, at)),
    }),
  }
}

const newestIn = (alerts: readonly Json[]): number | undefined => {
  const times = alerts
    .flatMap((alert) => [
      time(alert, 'startsAt'),
      str(alert, 'status') === 'resolved' ? time(alert, 'endsAt') : undefined,
    ])
    .filter((at) => at !== undefined)
  return times.length === 0 ? undefined : Math.max(...times)
}

const clusterBy = (labels: Json): string | undefined =>
  str(labels, 'cluster') ?? str(labels, 'cluster_name') ?? str(labels, 'k8s_cluster_name')

/**
 * The alerts of one webhook, each by itself: a signal for what it is about, or why it is none. Told when the Collector saw it; a file has
 * no such time, and the newest time in it is the latest that we know.
 */
export const fromAlertWebhook = (body: Json, at: At): readonly ReadOne[] => {
  const alerts = list(body, 'alerts', MAX_ALERTS)
  const told = at.observedAt ?? at.kafkaAt ?? newestIn(alerts)
  const all = body['alerts'] as readonly unknown[]
  const left = all.length - alerts.length
  const reads = alerts.map((alert): ReadOne => {
    const signal = oneAlert(alert, guard(told ?? 0, at), at)
    if ('why' in signal) return { ok: false, why: signal.why }
    const cluster = clusterBy(sub(alert, 'labels'))
    const { namespace } = signal.alert.involved
    return { ok: true, namespace, signal, ...(cluster === undefined ? {} : { cluster }) }
  })
  return left === 0
    ? reads
    : [...reads, { ok: false, why: `${left} entries of a webhook that are no alerts or too many` }]
}
