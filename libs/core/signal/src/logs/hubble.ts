import type { ObjectRef } from '@kubesift/contracts'
import type { At } from '../kube-event.ts'
import {
  asRecord,
  bool,
  compact,
  cut,
  int,
  list,
  str,
  strings,
  sub,
  time,
  type Json,
} from '../pick.ts'
import type { Read, ReadOne } from '../read.ts'
import { shown } from './mask.ts'
import { seenAs, type Seen } from './pattern-of.ts'

/** The flow in a line of Hubble's exporter (`{"flow": {…}, "node_name": …}`), or the flow itself. */
export const flowIn = (body: Json): Json | undefined => {
  const flow = asRecord(Object.hasOwn(body, 'flow') ? body['flow'] : undefined)
  if (flow !== undefined && str(flow, 'verdict') !== undefined) return flow
  const isBare =
    str(body, 'verdict') !== undefined &&
    (Object.hasOwn(body, 'traffic_direction') || Object.hasOwn(body, 'event_type')) &&
    Object.hasOwn(body, 'source')
  return isBare ? body : undefined
}

/** Cilium, api/v1/flow: the reasons of a drop that a policy decided. */
const POLICY = new Set([
  'POLICY_DENIED',
  'POLICY_DENY',
  'AUTH_REQUIRED',
  'DENIED_BY_LB_SRC_RANGE_CHECK',
])

const first = <T>(values: readonly T[]): T | undefined => values[0]

/** One end: the workload as Cilium knows it, else the pod, else what is outside. */
const endOf = (flow: Json, side: 'source' | 'destination'): ObjectRef | undefined => {
  const end = sub(flow, side)
  const namespace = str(end, 'namespace') ?? ''
  const workload = first(list(end, 'workloads', 4))
  const [kind, owner] = [str(workload ?? {}, 'kind', 64), str(workload ?? {}, 'name')]
  if (namespace !== '' && kind !== undefined && owner !== undefined)
    return { kind, namespace, name: owner }
  const pod = str(end, 'pod_name')
  if (namespace !== '' && pod !== undefined) return { kind: 'Pod', namespace, name: pod }
  const named =
    first(strings(flow, `${side}_names`)) ?? reservedOf(end) ?? str(sub(flow, 'IP'), side)
  return named === undefined
    ? undefined
    : { kind: 'External', namespace: '', name: cut(named, 256) }
}

const reservedOf = (end: Json): string | undefined =>
  strings(end, 'labels')
    .find((label) => label.startsWith('reserved:'))
    ?.slice('reserved:'.length)

const portOf = (flow: Json): string => {
  const l4 = sub(flow, 'l4')
  for (const protocol of ['TCP', 'UDP', 'SCTP']) {
    if (!Object.hasOwn(l4, protocol)) continue
    // of an answer the port that was asked is the source's
    const key = bool(flow, 'is_reply') === true ? 'source_port' : 'destination_port'
    const port = int(sub(l4, protocol), key)
    return port === undefined ? protocol : `${port}/${protocol}`
  }
  return cut(Object.keys(l4)[0] ?? '', 16)
}

const nameOf = (ref: ObjectRef | undefined): string =>
  ref === undefined ? 'unknown' : ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`

/**
 * A flow that was dropped is a pattern of both its ends, as far as they are in the cluster; one that went through is none. It is counted at
 * the sender under the plain reason, and at the receiver (whom the world may knock at all day) under another.
 */
export const fromFlow = (flow: Json, at: At): Read => {
  const verdict = str(flow, 'verdict', 32) ?? ''
  if (verdict !== 'DROPPED' && verdict !== 'ERROR')
    return { ok: true, skipped: 'a flow that was not dropped', source: 'hubble' }
  const why = str(flow, 'drop_reason_desc', 64) ?? verdict
  const reason = POLICY.has(why) ? 'FlowDenied' : 'FlowDropped'
  const [source, destination] = [endOf(flow, 'source'), endOf(flow, 'destination')]
  const port = portOf(flow)
  const way = (str(flow, 'traffic_direction', 16) ?? '').toLowerCase()
  const tail = [port, `(${why}${way === '' ? '' : `, ${way}`})`].filter((p) => p !== '').join(' ')
  const example = shown(
    `${nameOf(source)} -> ${nameOf(destination)} ${tail} ${str(flow, 'Summary', 200) ?? ''}`,
  )
  const told = time(flow, 'time')
  const when = told === undefined ? at : { ...at, observedAt: told }
  const seen = (of: ObjectRef, peer: ObjectRef | undefined, by: string, text: string): ReadOne =>
    seenAs(
      compact({ source: 'hubble', reason: by, involved: of, peer, text, example }) as Seen,
      when,
    )
  const isIn = (ref: ObjectRef | undefined): ref is ObjectRef => (ref?.namespace ?? '') !== ''
  const each = [
    ...(isIn(source)
      ? [seen(source, destination, reason, `dropped to ${nameOf(destination)} ${tail}`)]
      : []),
    ...(isIn(destination)
      ? [seen(destination, source, `Inbound${reason}`, `dropped from ${nameOf(source)} ${tail}`)]
      : []),
  ]
  return each.length === 0
    ? { ok: false, why: 'a dropped flow of which neither end is in a namespace' }
    : { ok: true, each }
}
