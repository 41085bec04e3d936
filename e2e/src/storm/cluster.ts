import { Random } from './random.ts'
import type { Json, Said, SaidEvent, SaidObject } from './records.ts'

export interface Node {
  readonly name: string
  readonly uid: string
  ready: boolean
}

export interface Pod {
  readonly name: string
  readonly uid: string
  readonly workload: Workload
  readonly revision: Revision
  readonly createdAt: number
  node: Node
  ready: boolean
  restarts: number
  waiting?: { readonly reason: string; readonly message: string }
  last?: { readonly reason: string; readonly exitCode: number; readonly finishedAt: number }
  deletedAt?: number
}

export interface Revision {
  readonly number: number
  readonly image: string
  readonly hash: string
  readonly replicaSetUid: string
  readonly configMap?: string
}

export interface Workload {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly replicas: number
  /** Those whose Service its template names. */
  readonly calls: readonly Workload[]
  generation: number
  revisions: Revision[]
  current: Revision
  pods: Pod[]
  /** Broken: pods of the current revision never get ready. */
  stuck: boolean
}

export interface ClusterShape {
  readonly nodes: number
  readonly namespaces: number
  readonly workloadsPerNamespace: number
}

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

interface Series {
  readonly uid: string
  readonly since: number
  count: number
}

/** A cluster that is made up: its objects, and what its controllers and kubelets say of them. Every change is said as it happens. */
export class Cluster {
  readonly nodes: Node[]
  readonly workloads: Workload[] = []
  readonly said: Said[] = []
  /** `namespace/Kind/name` of the top of what a pod belongs to, by the pod's UID. */
  readonly ownerOfPod = new Map<string, string>()
  readonly #random: Random
  readonly #series = new Map<string, Series>()
  #version = 1000

  constructor(shape: ClusterShape, random: Random, at: number) {
    this.#random = random
    this.nodes = Array.from({ length: shape.nodes }, (_, i) => ({
      name: `node-${i + 1}`,
      uid: random.uuid(),
      ready: true,
    }))
    for (const node of this.nodes) this.sayNode(node, at, 'ADDED')
    for (let n = 0; n < shape.namespaces; n += 1)
      this.#fill(`ns-${n}`, shape.workloadsPerNamespace, at)
  }

  /** Workloads of a namespace; each may call some that were made before it, so that there is no circle. */
  #fill(namespace: string, count: number, at: number): void {
    const own: Workload[] = []
    for (let i = 0; i < count; i += 1) {
      const calls = own.length > 0 && this.#random.chance(0.6) ? this.#random.some(own, 1) : []
      const workload = this.#workload(namespace, `app-${i}`, calls)
      own.push(workload)
      this.workloads.push(workload)
      this.#say({ t: 'object', at, change: 'ADDED', object: this.#service(workload, at) })
      for (let p = 0; p < workload.replicas; p += 1) this.startPod(workload, at, true)
      this.sayWorkload(workload, at + 1, 'ADDED')
      this.sayReplicaSet(workload, workload.current, at + 1, 'ADDED')
    }
  }

  #workload(namespace: string, name: string, calls: readonly Workload[]): Workload {
    const revision: Revision = {
      number: 1,
      image: `registry.example/${name}:1.0`,
      hash: this.#random.suffix(9),
      replicaSetUid: this.#random.uuid(),
    }
    return {
      namespace,
      name,
      uid: this.#random.uuid(),
      replicas: this.#random.int(1, 3),
      calls,
      generation: 1,
      revisions: [revision],
      current: revision,
      pods: [],
      stuck: false,
    }
  }

  #say(said: SaidEvent | SaidObject): void {
    this.said.push(said)
  }

  /** Told once more: the same Event, with the next count; the recorder's key is source, object, type, reason and message. */
  event(
    about: SaidEvent['involved'],
    {
      at,
      reason,
      type,
      message,
      host,
    }: Pick<SaidEvent, 'at' | 'reason' | 'type' | 'message' | 'host'>,
  ): void {
    const key = [about.uid, about.name, about.fieldPath, type, reason, message].join('|')
    let series = this.#series.get(key)
    if (series === undefined) {
      series = { uid: this.#random.uuid(), since: at, count: 0 }
      this.#series.set(key, series)
    }
    series.count += 1
    this.#say({
      t: 'event',
      at,
      uid: series.uid,
      involved: about,
      reason,
      type,
      message,
      count: series.count,
      since: series.since,
      ...(host === undefined ? {} : { host }),
    })
  }

  podRef(pod: Pod, container = true): SaidEvent['involved'] {
    return {
      kind: 'Pod',
      namespace: pod.workload.namespace,
      name: pod.name,
      uid: pod.uid,
      ...(container ? { fieldPath: `spec.containers{${pod.workload.name}}` } : {}),
    }
  }

  startPod(workload: Workload, at: number, ready: boolean): Pod {
    const revision = workload.current
    const pod: Pod = {
      name: `${workload.name}-${revision.hash}-${this.#random.suffix(5)}`,
      uid: this.#random.uuid(),
      workload,
      revision,
      createdAt: at,
      node: this.#random.of(this.nodes.filter((n) => n.ready)),
      ready,
      restarts: 0,
    }
    workload.pods.push(pod)
    this.ownerOfPod.set(pod.uid, `${workload.namespace}/Deployment/${workload.name}`)
    this.sayPod(pod, at, 'ADDED')
    return pod
  }

  endPod(pod: Pod, at: number): void {
    pod.deletedAt = at
    pod.ready = false
    pod.workload.pods = pod.workload.pods.filter((p) => p !== pod)
    this.sayPod(pod, at, 'DELETED')
  }

  /** A new template; the pods of the former go at once (strategy Recreate), so that whoever calls it notices. */
  rollOut(
    workload: Workload,
    change: Partial<Pick<Revision, 'image' | 'configMap'>>,
    at: number,
    ready: boolean,
  ): void {
    const before = workload.current
    const next: Revision = {
      ...before,
      ...change,
      number: Math.max(...workload.revisions.map((r) => r.number)) + 1,
      hash: this.#random.suffix(9),
      replicaSetUid: this.#random.uuid(),
    }
    workload.revisions = [...workload.revisions, next]
    this.#replace(workload, next, at, ready)
  }

  /** `kubectl rollout undo`: the former template under a new number. */
  rollBack(workload: Workload, to: Revision, at: number): void {
    const number = Math.max(...workload.revisions.map((r) => r.number)) + 1
    const again = { ...to, number }
    workload.revisions = [...workload.revisions.filter((r) => r.hash !== to.hash), again]
    this.#replace(workload, again, at, true)
  }

  #replace(workload: Workload, next: Revision, at: number, ready: boolean): void {
    const old = workload.pods
    workload.generation += 1
    workload.current = next
    workload.stuck = !ready
    this.sayWorkload(workload, at, 'MODIFIED', { observed: workload.generation - 1 })
    for (const pod of old) this.endPod(pod, at + 500)
    this.event(
      { kind: 'Deployment', namespace: workload.namespace, name: workload.name, uid: workload.uid },
      {
        at: at + 200,
        reason: 'ScalingReplicaSet',
        type: 'Normal',
        message: `Scaled up replica set ${workload.name}-${next.hash} from 0 to ${workload.replicas}`,
      },
    )
    this.sayReplicaSet(workload, next, at + 300, 'ADDED')
    for (let i = 0; i < workload.replicas; i += 1) this.startPod(workload, at + 1_000, ready)
    this.sayWorkload(workload, at + 1_500, 'MODIFIED')
  }

  #versionNext(): string {
    this.#version += 1
    return String(this.#version)
  }

  sayNode(node: Node, at: number, change: SaidObject['change'] = 'MODIFIED'): void {
    const status = node.ready ? 'True' : 'Unknown'
    const object: Json = {
      kind: 'Node',
      apiVersion: 'v1',
      metadata: {
        name: node.name,
        uid: node.uid,
        resourceVersion: this.#versionNext(),
        creationTimestamp: iso(at),
      },
      status: {
        conditions: [
          {
            type: 'Ready',
            status,
            reason: node.ready ? 'KubeletReady' : 'NodeStatusUnknown',
            message: node.ready
              ? 'kubelet is posting ready status'
              : 'Kubelet stopped posting node status.',
            lastTransitionTime: iso(at),
          },
        ],
      },
    }
    this.#say({ t: 'object', at, change, object })
  }

  #service(workload: Workload, at: number): Json {
    return {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: {
        name: workload.name,
        namespace: workload.namespace,
        uid: this.#random.uuid(),
        resourceVersion: this.#versionNext(),
        creationTimestamp: iso(at),
      },
      spec: { selector: { app: workload.name }, ports: [{ port: 80 }] },
    }
  }

  #template(workload: Workload, revision: Revision): Json {
    const env = [
      ...workload.calls.map((w) => ({ name: 'UPSTREAM_URL', value: `http://${w.name}:80/ready` })),
      ...(revision.configMap === undefined
        ? []
        : [
            {
              name: 'SETTING',
              valueFrom: { configMapKeyRef: { name: revision.configMap, key: 'setting' } },
            },
          ]),
    ]
    return {
      metadata: { labels: { app: workload.name } },
      spec: { containers: [{ name: workload.name, image: revision.image, env }] },
    }
  }

  sayWorkload(
    workload: Workload,
    at: number,
    change: SaidObject['change'] = 'MODIFIED',
    { observed = workload.generation }: { readonly observed?: number } = {},
  ): void {
    const { replicas } = workload
    const ready = workload.pods.filter((p) => p.ready).length
    const object: Json = {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: {
        name: workload.name,
        namespace: workload.namespace,
        uid: workload.uid,
        generation: workload.generation,
        resourceVersion: this.#versionNext(),
        creationTimestamp: iso(Math.min(...this.said.map((s) => s.at))),
        annotations: { 'deployment.kubernetes.io/revision': String(workload.current.number) },
        managedFields: [{ manager: 'kubectl', time: iso(at), operation: 'Update' }],
      },
      spec: { replicas, template: this.#template(workload, workload.current) },
      status: {
        observedGeneration: observed,
        replicas: workload.pods.length,
        updatedReplicas: workload.pods.filter((p) => p.revision.hash === workload.current.hash)
          .length,
        readyReplicas: ready,
        availableReplicas: ready,
        conditions: [
          {
            type: 'Available',
            status: ready === replicas ? 'True' : 'False',
            reason: ready === replicas ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
            lastTransitionTime: iso(at),
          },
        ],
      },
    }
    this.#say({ t: 'object', at, change, object })
  }

  sayReplicaSet(
    workload: Workload,
    revision: Revision,
    at: number,
    change: SaidObject['change'],
  ): void {
    const pods = workload.pods.filter((p) => p.revision.hash === revision.hash)
    const ready = pods.filter((p) => p.ready).length
    const object: Json = {
      kind: 'ReplicaSet',
      apiVersion: 'apps/v1',
      metadata: {
        name: `${workload.name}-${revision.hash}`,
        namespace: workload.namespace,
        uid: revision.replicaSetUid,
        generation: 1,
        resourceVersion: this.#versionNext(),
        creationTimestamp: iso(at),
        annotations: { 'deployment.kubernetes.io/revision': String(revision.number) },
        ownerReferences: [
          { kind: 'Deployment', name: workload.name, uid: workload.uid, controller: true },
        ],
      },
      spec: { replicas: workload.replicas, template: this.#template(workload, revision) },
      status: {
        replicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
        observedGeneration: 1,
      },
    }
    this.#say({ t: 'object', at, change, object })
  }

  sayPod(pod: Pod, at: number, change: SaidObject['change'] = 'MODIFIED'): void {
    const { workload, revision, waiting, last } = pod
    const state =
      waiting === undefined ? { running: { startedAt: iso(pod.createdAt) } } : { waiting }
    const object: Json = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        name: pod.name,
        namespace: workload.namespace,
        uid: pod.uid,
        resourceVersion: this.#versionNext(),
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
        ...(change === 'DELETED'
          ? { deletionTimestamp: iso(at), deletionGracePeriodSeconds: 0 }
          : {}),
      },
      spec: {
        nodeName: pod.node.name,
        containers: (this.#template(workload, revision)['spec'] as Json)['containers'],
      },
      status: {
        phase: waiting === undefined || pod.restarts > 0 ? 'Running' : 'Pending',
        conditions: [
          { type: 'Ready', status: pod.ready ? 'True' : 'False', lastTransitionTime: iso(at) },
        ],
        containerStatuses: [
          {
            name: workload.name,
            image: revision.image,
            ready: pod.ready,
            restartCount: pod.restarts,
            state,
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
          },
        ],
      },
    }
    this.#say({ t: 'object', at, change, object })
  }

  /** What always changes: time, told by the cluster itself. */
  lease(at: number): void {
    this.#say({
      t: 'object',
      at,
      change: 'MODIFIED',
      object: {
        kind: 'Lease',
        apiVersion: 'coordination.k8s.io/v1',
        metadata: {
          name: 'node-1',
          namespace: 'kube-node-lease',
          uid: 'lease-of-node-1',
          resourceVersion: this.#versionNext(),
        },
      },
    })
  }
}
