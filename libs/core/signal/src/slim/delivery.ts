import type { Condition, Delivery, Deployment, ObjectRef, SlimObject } from '@kubesift/contracts'
import { compact, cut, int, list, str, strings, sub, time, type Json } from '../pick.ts'
import { redact } from '../redact.ts'
import { conditionsOf } from './head.ts'

const MAX_NAMESPACES = 32
const MAX_MEMBERS = 256
const MAX_DEPLOYMENTS = 16

const isArgo = ({ kind, apiVersion }: SlimObject): boolean =>
  kind === 'Application' && apiVersion.startsWith('argoproj.io/')
const isKustomization = ({ kind, apiVersion }: SlimObject): boolean =>
  kind === 'Kustomization' && apiVersion.startsWith('kustomize.toolkit.fluxcd.io/')
const isHelmRelease = ({ kind, apiVersion }: SlimObject): boolean =>
  kind === 'HelmRelease' && apiVersion.startsWith('helm.toolkit.fluxcd.io/')

const message = (from: Json): string | undefined => {
  const text = str(from, 'message', 512)
  return text === undefined ? undefined : redact(text)
}

/** Argo CD says its state in words of its own: told as conditions, so that one reader serves all. */
const argoConditions = (object: Json): Record<string, Condition> => {
  const status = sub(object, 'status')
  const health = sub(status, 'health')
  const operation = sub(status, 'operationState')
  const [healthIs, phase] = [str(health, 'status', 64), str(operation, 'phase', 64)]
  const said = Object.fromEntries(
    list(status, 'conditions', 16).flatMap((c): [string, Condition][] => {
      const type = str(c, 'type', 64)
      const at = time(c, 'lastTransitionTime')
      return type === undefined
        ? []
        : [[type, compact({ status: 'True', message: message(c), at })]]
    }),
  )
  return {
    ...said,
    ...(healthIs === undefined
      ? {}
      : {
          Health: compact({
            status: healthIs,
            message: message(health),
            at: time(health, 'lastTransitionTime') ?? time(status, 'reconciledAt'),
          }),
        }),
    ...(phase === undefined
      ? {}
      : {
          Operation: compact({
            status: phase,
            message: message(operation),
            at: time(operation, 'finishedAt') ?? time(operation, 'startedAt'),
          }),
        }),
  }
}

/** A tool tells in its own words what a chart or a manifest would not take, value and all. */
const redacted = (conditions: Record<string, Condition>): Record<string, Condition> =>
  Object.fromEntries(
    Object.entries(conditions).map(([type, c]) => [
      type,
      c.message === undefined ? c : { ...c, message: redact(c.message) },
    ]),
  )

/** The state of an Application, Kustomization or HelmRelease; nothing for any other object. */
export const deliveryConditions = (
  object: Json,
  head: SlimObject,
): Partial<SlimObject> | undefined => {
  if (isArgo(head)) return { conditions: argoConditions(object) }
  return isKustomization(head) || isHelmRelease(head)
    ? { conditions: redacted(conditionsOf(sub(object, 'status'))) }
    : undefined
}

/** What is delivered where: namespace → `Kind/name`. */
type Members = Map<string, Set<string>>

const put = (members: Members, namespace: string, kind: string, name: string): void => {
  let of = members.get(namespace)
  if (of === undefined && members.size < MAX_NAMESPACES) members.set(namespace, (of = new Set()))
  if (of !== undefined && of.size < MAX_MEMBERS && kind !== '') of.add(cut(`${kind}/${name}`, 300))
}

/** A repository without user, password and query. */
const repositoryOf = (source: Json): string | undefined => {
  const url = str(source, 'repoURL', 512)
  return url === undefined ? undefined : redact(url).replace(/[?#].*$/, '')
}

const sourceOf = (from: Json): Json => {
  const [first] = list(from, 'sources', 8)
  return first ?? sub(from, 'source')
}

const argoDeployment = (entry: Json): Deployment[] => {
  const source = sourceOf(entry)
  const at = time(entry, 'deployedAt')
  const revision = str(entry, 'revision', 128) ?? strings(entry, 'revisions')[0]
  if (at === undefined || revision === undefined) return []
  const initiator = sub(entry, 'initiatedBy')
  return [
    compact({
      at,
      from: time(entry, 'deployStartedAt'),
      revision: cut(revision, 128),
      repository: repositoryOf(source),
      path: str(source, 'path'),
      package: str(source, 'chart'),
      by:
        str(initiator, 'username') ??
        (initiator['automated'] === true ? 'automated sync' : undefined),
    }),
  ]
}

/** An Application that deploys to another cluster says nothing of the namespaces of this one. */
const isInCluster = (destination: Json): boolean => {
  const [server, name] = [str(destination, 'server'), str(destination, 'name')]
  return (
    server === 'https://kubernetes.default.svc' ||
    name === 'in-cluster' ||
    (server === undefined && name === undefined)
  )
}

const argo = (object: Json): { members: Members; deployments: Deployment[] } => {
  const members: Members = new Map()
  const [spec, status] = [sub(object, 'spec'), sub(object, 'status')]
  const destination = sub(spec, 'destination')
  if (!isInCluster(destination)) return { members, deployments: [] }
  const home = str(destination, 'namespace')
  if (home !== undefined) put(members, home, '', '')
  for (const r of list(status, 'resources', 2_000)) {
    const namespace = str(r, 'namespace')
    if (namespace !== undefined)
      put(members, namespace, str(r, 'kind', 128) ?? '', str(r, 'name') ?? '')
  }
  return { members, deployments: list(status, 'history', 64).flatMap(argoDeployment) }
}

/** Flux's inventory: `namespace_name_group_kind`. */
const inventory = (status: Json): Members => {
  const members: Members = new Map()
  for (const entry of list(sub(status, 'inventory'), 'entries', 2_000)) {
    const parts = (str(entry, 'id', 512) ?? '').split('_')
    const [namespace, kind] = [parts[0] ?? '', parts.at(-1) ?? '']
    if (parts.length >= 4 && namespace !== '')
      put(members, namespace, kind, parts.slice(1, -2).join('_'))
  }
  return members
}

const kustomization = (object: Json): { members: Members; deployments: Deployment[] } => {
  const [spec, status] = [sub(object, 'spec'), sub(object, 'status')]
  const members = inventory(status)
  const home = str(spec, 'targetNamespace')
  if (home !== undefined) put(members, home, '', '')
  const ready = conditionsOf(status)['Ready']
  const revision = str(status, 'lastAppliedRevision')
  const at = ready?.status === 'True' ? ready.at : undefined
  if (revision === undefined || at === undefined) return { members, deployments: [] }
  const source = sub(spec, 'sourceRef')
  const name = str(source, 'name')
  const repository = name === undefined ? undefined : `${str(source, 'kind', 64) ?? ''}/${name}`
  return {
    members,
    deployments: [compact({ at, revision, repository, path: str(spec, 'path'), by: 'flux' })],
  }
}

const helmRelease = (
  object: Json,
  head: SlimObject,
): { members: Members; deployments: Deployment[] } => {
  const [spec, status] = [sub(object, 'spec'), sub(object, 'status')]
  const members: Members = new Map()
  put(members, str(spec, 'targetNamespace') ?? head.namespace, '', '')
  const deployments = list(status, 'history', 32).flatMap((entry): Deployment[] => {
    const at = time(entry, 'lastDeployed')
    const version = str(entry, 'chartVersion', 128)
    if (at === undefined || version === undefined) return []
    const release = int(entry, 'version')
    const revision = release === undefined ? version : `${version} (release ${release})`
    return [compact({ at, revision, package: str(entry, 'chartName'), by: 'flux' })]
  })
  return { members, deployments }
}

const read = (object: Json, head: SlimObject) =>
  isArgo(head)
    ? { tool: 'argocd', ...argo(object) }
    : isKustomization(head)
      ? { tool: 'flux', ...kustomization(object) }
      : isHelmRelease(head)
        ? { tool: 'flux', ...helmRelease(object, head) }
        : undefined

/** What an Application, Kustomization or HelmRelease has brought into which namespaces of its cluster. */
export const deliveriesOf = (
  object: Json,
  head: SlimObject,
): { readonly namespace: string; readonly delivery: Delivery }[] => {
  const found = read(object, head)
  if (found === undefined || found.deployments.length === 0) return []
  const { kind, namespace, name, uid, apiVersion } = head
  const involved: ObjectRef = { kind, namespace, name, uid, apiVersion }
  const deployments = found.deployments.toSorted((a, b) => a.at - b.at).slice(-MAX_DEPLOYMENTS)
  return [...found.members].map(([of, members]) => ({
    namespace: of,
    delivery: {
      tool: found.tool,
      involved,
      rv: head.rv,
      members: [...members].sort(),
      deployments,
    },
  }))
}
