import type { ObjectRef } from '@kubesift/contracts'
import { compact, cut, str, type Json } from '../pick.ts'
import { placeOfUrl } from './url.ts'

/** What was measured. */
export interface About {
  readonly involved: ObjectRef
  readonly container?: string
  /** What tells things of one object apart, and is shown: the address that was asked, the volume. */
  readonly at?: string
}

/** OpenTelemetry, "Semantic conventions for Kubernetes": `k8s.<what>.…` is of the thing that `k8s.<what>.name` names. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['pod', 'Pod'],
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['replicaset', 'ReplicaSet'],
  ['replicationcontroller', 'ReplicationController'],
  ['job', 'Job'],
  ['cronjob', 'CronJob'],
  ['hpa', 'HorizontalPodAutoscaler'],
  ['resourcequota', 'ResourceQuota'],
  ['node', 'Node'],
  ['namespace', 'Namespace'],
])

/** Names in metrics that differ from those of the attributes. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['container', 'pod'],
  ['replication_controller', 'replicationcontroller'],
  ['resource_quota', 'resourcequota'],
])

/** The kubelet measures what is mounted: the claim where it is one, else a volume of the pod. */
const ofVolume = (resource: Json): About | undefined => {
  const namespace = str(resource, 'k8s.namespace.name')
  const volume = str(resource, 'k8s.volume.name')
  if (namespace === undefined || volume === undefined) return undefined
  const claim = str(resource, 'k8s.persistentvolumeclaim.name')
  if (claim !== undefined)
    return { involved: { kind: 'PersistentVolumeClaim', namespace, name: claim } }
  const name = str(resource, 'k8s.pod.name')
  if (name === undefined) return undefined
  const uid = str(resource, 'k8s.pod.uid')
  return { involved: compact({ kind: 'Pod', namespace, name, uid }), at: `volume ${volume}` }
}

const ofKubernetes = (metric: string, resource: Json): About | undefined => {
  const word = metric.split('.')[1] ?? ''
  if (word === 'volume') return ofVolume(resource)
  const what = WORDS.get(word) ?? word
  const kind = KINDS.get(what)
  const name = str(resource, `k8s.${what}.name`)
  if (kind === undefined || name === undefined) return undefined
  const own = kind === 'Namespace' ? name : kind === 'Node' ? '' : undefined
  const namespace = own ?? str(resource, 'k8s.namespace.name')
  if (namespace === undefined) return undefined
  const uid = str(resource, `k8s.${what}.uid`)
  const container = word === 'container' ? str(resource, 'k8s.container.name') : undefined
  return compact({ involved: compact({ kind, namespace, name, uid }), container })
}

/** The address without what may be secret: user info, query, fragment. */
const addressOf = (url: string): string =>
  cut(url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1').replace(/[?#].*$/s, ''), 200)

/** The receiver has called them by both names (semantic conventions before and after 1.23). */
const ofCheck = (attributes: Json): About | undefined => {
  const url = str(attributes, 'http.url', 2_048) ?? str(attributes, 'url.full', 2_048)
  const involved = url === undefined ? undefined : placeOfUrl(url)
  return url === undefined || involved === undefined ? undefined : { involved, at: addressOf(url) }
}

/** Whom a point of a metric is about; undefined where nothing says so. */
export const aboutOf = (metric: string, resource: Json, attributes: Json): About | undefined =>
  metric.startsWith('httpcheck.') ? ofCheck(attributes) : ofKubernetes(metric, resource)
