import type { Node, Pod, Revision, Workload } from './things.ts'
import type { Json } from './records.ts'

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

export const nodeOf = (node: Node, at: number, version: string): Json => ({
  kind: 'Node',
  apiVersion: 'v1',
  metadata: {
    name: node.name,
    uid: node.uid,
    resourceVersion: version,
    creationTimestamp: iso(at),
  },
  status: {
    conditions: [
      {
        type: 'Ready',
        status: node.ready ? 'True' : 'Unknown',
        reason: node.ready ? 'KubeletReady' : 'NodeStatusUnknown',
        message: node.ready
          ? 'kubelet is posting ready status'
          : 'Kubelet stopped posting node status.',
        lastTransitionTime: iso(at),
      },
    ],
  },
})

export const serviceOf = (workload: Workload, at: number, uid: string, version: string): Json => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: {
    name: workload.name,
    namespace: workload.namespace,
    uid,
    resourceVersion: version,
    creationTimestamp: iso(at),
  },
  spec: { selector: { app: workload.name }, ports: [{ port: 80 }] },
})

const containersOf = (workload: Workload, { image, configMap }: Revision): Json[] => {
  const upstream = workload.calls.map((w) => ({
    name: 'UPSTREAM_URL',
    value: `http://${w.name}:80/ready`,
  }))
  const setting = {
    name: 'SETTING',
    valueFrom: { configMapKeyRef: { name: configMap, key: 'setting' } },
  }
  const env = configMap === undefined ? upstream : [...upstream, setting]
  return [{ name: workload.name, image, env }]
}

const templateOf = (workload: Workload, revision: Revision): Json => ({
  metadata: { labels: { app: workload.name } },
  spec: { containers: containersOf(workload, revision) },
})

export const deploymentOf = (
  workload: Workload,
  at: number,
  version: string,
  { observed, createdAt }: { readonly observed: number; readonly createdAt: number },
): Json => {
  const { replicas, pods, current } = workload
  const ready = pods.filter((p) => p.ready).length
  const available = ready === replicas
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: {
      name: workload.name,
      namespace: workload.namespace,
      uid: workload.uid,
      generation: workload.generation,
      resourceVersion: version,
      creationTimestamp: iso(createdAt),
      annotations: { 'deployment.kubernetes.io/revision': String(current.number) },
      managedFields: [{ manager: 'kubectl', time: iso(at), operation: 'Update' }],
    },
    spec: { replicas, template: templateOf(workload, current) },
    status: {
      observedGeneration: observed,
      replicas: pods.length,
      updatedReplicas: pods.filter((p) => p.revision.hash === current.hash).length,
      readyReplicas: ready,
      availableReplicas: ready,
      conditions: [
        {
          type: 'Available',
          status: available ? 'True' : 'False',
          reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
          lastTransitionTime: iso(at),
        },
      ],
    },
  }
}

export const replicaSetOf = (
  workload: Workload,
  revision: Revision,
  at: number,
  version: string,
): Json => {
  const pods = workload.pods.filter((p) => p.revision.hash === revision.hash)
  const ready = pods.filter((p) => p.ready).length
  return {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: {
      name: `${workload.name}-${revision.hash}`,
      namespace: workload.namespace,
      uid: revision.replicaSetUid,
      generation: 1,
      resourceVersion: version,
      creationTimestamp: iso(at),
      annotations: { 'deployment.kubernetes.io/revision': String(revision.number) },
      ownerReferences: [
        { kind: 'Deployment', name: workload.name, uid: workload.uid, controller: true },
      ],
    },
    spec: { replicas: workload.replicas, template: templateOf(workload, revision) },
    status: {
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration: 1,
    },
  }
}

const containerStatusOf = ({
  workload,
  revision,
  ready,
  restarts,
  waiting,
  last,
  createdAt,
}: Pod): Json => ({
  name: workload.name,
  image: revision.image,
  ready,
  restartCount: restarts,
  state: waiting === undefined ? { running: { startedAt: iso(createdAt) } } : { waiting },
  ...(last === undefined
    ? {}
    : {
        lastState: {
          terminated: {
            reason: last.reason,
            exitCode: last.exitCode,
            finishedAt: iso(last.finishedAt),
          },
        },
      }),
})

export const podOf = (pod: Pod, at: number, version: string, deleted: boolean): Json => {
  const { workload, revision } = pod
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: pod.name,
      namespace: workload.namespace,
      uid: pod.uid,
      resourceVersion: version,
      creationTimestamp: iso(pod.createdAt),
      labels: { app: workload.name, 'pod-template-hash': revision.hash },
      ownerReferences: [
        {
          kind: 'ReplicaSet',
          name: `${workload.name}-${revision.hash}`,
          uid: revision.replicaSetUid,
          controller: true,
        },
      ],
      ...(deleted ? { deletionTimestamp: iso(at), deletionGracePeriodSeconds: 0 } : {}),
    },
    spec: { nodeName: pod.node.name, containers: containersOf(workload, revision) },
    status: {
      phase: pod.waiting === undefined || pod.restarts > 0 ? 'Running' : 'Pending',
      conditions: [
        { type: 'Ready', status: pod.ready ? 'True' : 'False', lastTransitionTime: iso(at) },
      ],
      containerStatuses: [containerStatusOf(pod)],
    },
  }
}

export const leaseOf = (version: string): Json => ({
  kind: 'Lease',
  apiVersion: 'coordination.k8s.io/v1',
  metadata: {
    name: 'node-1',
    namespace: 'kube-node-lease',
    uid: 'lease-of-node-1',
    resourceVersion: version,
  },
})
