import type { ObjectRef } from '@kubesift/contracts'
import type { At } from '../kube-event.ts'
import { int, str, type Json } from '../pick.ts'
import type { Read, ReadOne } from '../read.ts'
import { masked, shown } from './mask.ts'
import { seenAs, type Seen } from './pattern-of.ts'
import type { PodOfLog } from './pod-of.ts'

/** Envoy, "Access logging", %RESPONSE_FLAGS%: those that say that the way failed. */
const REASONS: readonly (readonly [flag: string, reason: string])[] = [
  ['NR', 'NoRoute'],
  ['NC', 'NoRoute'],
  ['UH', 'NoHealthyUpstream'],
  ['LH', 'NoHealthyUpstream'],
  ['UO', 'UpstreamOverflow'],
  ['UF', 'UpstreamFailure'],
  ['UC', 'UpstreamFailure'],
  ['UR', 'UpstreamFailure'],
  ['LR', 'UpstreamFailure'],
  ['UPE', 'UpstreamFailure'],
  ['URX', 'UpstreamFailure'],
  ['UT', 'UpstreamTimeout'],
]

/** The body, if it is a line of Envoy's access log as Istio writes it in JSON. */
export const accessLogIn = (body: Json): Json | undefined =>
  Object.hasOwn(body, 'response_flags') &&
  (Object.hasOwn(body, 'response_code') || Object.hasOwn(body, 'upstream_cluster'))
    ? body
    : undefined

interface Call {
  readonly outbound: boolean
  readonly service?: ObjectRef
  readonly port?: string
}

/** Istio's names of clusters: `outbound|8080||payments.shop.svc.cluster.local`, `inbound|8080||`. */
const CLUSTER = /^(outbound|inbound)\|(\d{1,5})\|[^|]*\|(.*)$/
const SERVICE = /^([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.svc\b/

const serviceOf = (host: string): ObjectRef => {
  const [, name, namespace] = SERVICE.exec(host) ?? []
  return name === undefined || namespace === undefined
    ? { kind: 'External', namespace: '', name: host.replace(/:\d{1,5}$/, '') }
    : { kind: 'Service', namespace, name }
}

/** Without a cluster (no route) the name that was asked for is all there is. */
const callOf = (line: Json): Call => {
  const cluster = CLUSTER.exec(str(line, 'upstream_cluster') ?? '')
  const asked = str(line, 'authority') ?? str(line, 'requested_server_name')
  const host = cluster === null || cluster[3] === '' ? asked : cluster[3]
  return {
    outbound: cluster?.[1] !== 'inbound',
    ...(host === undefined || host === '' || host === '-' ? {} : { service: serviceOf(host) }),
    ...(cluster === null ? {} : { port: cluster[2]! }),
  }
}

const reasonOf = (flags: readonly string[], code: number): string | undefined =>
  REASONS.find(([flag]) => flags.includes(flag))?.[1] ?? (code >= 500 ? 'Http5xx' : undefined)

const dashed = (line: Json, key: string): string | undefined => {
  const value = str(line, key, 200)
  return value === '-' ? undefined : value
}

/** The path without its query: what is asked may be anybody's. */
const pathOf = (line: Json): string | undefined => dashed(line, 'path')?.replace(/[?#].*$/, '')

const nameOf = ({ namespace, name }: ObjectRef): string =>
  namespace === '' ? name : `${name}.${namespace}`

/**
 * One line of an access log: a call that failed is a pattern of the caller, and of whom it called where that is a Service; an answer that
 * was given is none.
 */
export const fromAccessLog = (line: Json, { ref, container }: PodOfLog, at: At): Read => {
  const code = int(line, 'response_code') ?? 0
  const flags = (str(line, 'response_flags', 64) ?? '').split(',')
  const reason = reasonOf(flags, code)
  if (reason === undefined)
    return { ok: true, skipped: 'a call that was answered', source: 'envoy' }
  const { outbound, service, port } = callOf(line)
  const cause =
    dashed(line, 'upstream_transport_failure_reason') ?? dashed(line, 'response_code_details')
  const what = [code === 0 ? undefined : String(code), flags.filter((f) => f !== '-').join(',')]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
  const target =
    service === undefined ? '' : ` ${nameOf(service)}${port === undefined ? '' : `:${port}`}`
  const said = cause === undefined ? '' : `: ${masked(cause)}`
  const seen = (
    involved: ObjectRef,
    way: string,
    peer: ObjectRef | undefined,
    by: string,
  ): Seen => ({
    source: 'envoy',
    reason: by,
    involved,
    ...(container === undefined ? {} : { container }),
    ...(peer === undefined ? {} : { peer }),
    text: `${what} ${way}${target}${said}`,
    example: shown(
      [what, dashed(line, 'method'), pathOf(line), cause].filter((p) => p !== undefined).join(' '),
    ),
  })
  if (!outbound) return seenAs(seen(ref, 'as', undefined, `Inbound${reason}`), at)
  const mine = seenAs(seen(ref, 'from', service, reason), at)
  if (service?.kind !== 'Service') return mine
  const far: ReadOne = seenAs(seen(service, 'as', ref, `Inbound${reason}`), at)
  return { ok: true, each: [mine, far] }
}
