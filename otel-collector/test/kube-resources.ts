/** A kind of object, as the API serves it. */
export interface KubeResource {
  /** `''` for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

const of = (group: string, version: string, namespaced: boolean, kinds: Record<string, string>) =>
  Object.entries(kinds).map(([plural, kind]) => ({ group, version, plural, kind, namespaced }))

/** All that the agent watches, and Secrets, so that a request for them would succeed. */
export const KUBE_RESOURCES: readonly KubeResource[] = [
  ...of('', 'v1', true, {
    configmaps: 'ConfigMap',
    events: 'Event',
    limitranges: 'LimitRange',
    persistentvolumeclaims: 'PersistentVolumeClaim',
    pods: 'Pod',
    resourcequotas: 'ResourceQuota',
    secrets: 'Secret',
    services: 'Service',
  }),
  ...of('', 'v1', false, { namespaces: 'Namespace', nodes: 'Node' }),
  ...of('apps', 'v1', true, {
    daemonsets: 'DaemonSet',
    deployments: 'Deployment',
    replicasets: 'ReplicaSet',
    statefulsets: 'StatefulSet',
  }),
  ...of('batch', 'v1', true, { cronjobs: 'CronJob', jobs: 'Job' }),
  ...of('autoscaling', 'v2', true, { horizontalpodautoscalers: 'HorizontalPodAutoscaler' }),
  ...of('networking.k8s.io', 'v1', true, { networkpolicies: 'NetworkPolicy' }),
  ...of('discovery.k8s.io', 'v1', true, { endpointslices: 'EndpointSlice' }),
  // the same name as in the core group, as in every real cluster
  ...of('events.k8s.io', 'v1', true, { events: 'Event' }),
]

/** What only the agent's overlays read: served too, but not watched by config.yaml alone. */
export const OVERLAY_RESOURCES: readonly KubeResource[] = [
  ...of('', 'v1', true, { replicationcontrollers: 'ReplicationController' }),
  ...of('aquasecurity.github.io', 'v1alpha1', true, {
    configauditreports: 'ConfigAuditReport',
    exposedsecretreports: 'ExposedSecretReport',
    vulnerabilityreports: 'VulnerabilityReport',
  }),
  ...of('wgpolicyk8s.io', 'v1alpha2', true, { policyreports: 'PolicyReport' }),
  ...of('argoproj.io', 'v1alpha1', true, { applications: 'Application' }),
  ...of('kustomize.toolkit.fluxcd.io', 'v1', true, { kustomizations: 'Kustomization' }),
  ...of('helm.toolkit.fluxcd.io', 'v2', true, { helmreleases: 'HelmRelease' }),
]

/** All that the stand-in serves. */
export const SERVED: readonly KubeResource[] = [...KUBE_RESOURCES, ...OVERLAY_RESOURCES]

const groupVersion = ({ group, version }: KubeResource): string =>
  group === '' ? version : `${group}/${version}`

/** Where a resource is listed over all namespaces. */
export const pathOf = (resource: KubeResource): string =>
  `${resource.group === '' ? '/api' : '/apis'}/${groupVersion(resource)}/${resource.plural}`

/** The answers of the discovery API by path. */
export const discovery = (): ReadonlyMap<string, object> => {
  const groups = new Map<string, KubeResource[]>()
  for (const resource of SERVED) {
    const key = groupVersion(resource)
    groups.set(key, [...(groups.get(key) ?? []), resource])
  }
  const lists = [...groups].map(([key, resources]) => {
    const path = resources[0]?.group === '' ? `/api/${key}` : `/apis/${key}`
    return [path, resourceList(key, resources)] as const
  })
  return new Map<string, object>([
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    [
      '/apis',
      { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups.keys()].flatMap(apiGroup) },
    ],
    ['/version', { major: '1', minor: '34', gitVersion: 'v1.34.4' }],
    ...lists,
  ])
}

const apiGroup = (key: string): readonly object[] => {
  const [name, version] = key.split('/')
  if (version === undefined) return []
  const preferredVersion = { groupVersion: key, version }
  return [{ name, versions: [preferredVersion], preferredVersion }]
}

const resourceList = (key: string, resources: readonly KubeResource[]): object => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: key,
  resources: resources.map(({ plural, kind, namespaced }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: ['get', 'list', 'watch'],
  })),
})
