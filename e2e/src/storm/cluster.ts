import { deploymentOf, leaseOf, nodeOf, podOf, replicaSetOf, serviceOf } from './objects.ts'
import { Random } from './random.ts'
import type { Node, Pod, Revision, Workload } from './things.ts'
import type { Said, SaidEvent, SaidObject } from './records.ts'

export interface ClusterShape {
  readonly nodes: number
  readonly namespaces: number
  readonly workloadsPerNamespace: number
  /** This share of the repeats of Events (from 0 to 1) finds that the Event has expired: it is made anew. */
  readonly expiring?: number
}

interface Series {
  readonly name: string
  uid: string
  created: number
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
  readonly #startedAt: number
  readonly #expiring: number
  /** Of its own: a storm whose Events expire is else the same. */
  readonly #expiry: Random
  #version = 1000

  constructor(shape: ClusterShape, random: Random, at: number) {
    this.#random = random
    this.#startedAt = at
    this.#expiring = shape.expiring ?? 0
    this.#expiry = new Random(at + shape.nodes)
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
      this.#say({
        t: 'object',
        at,
        change: 'ADDED',
        object: serviceOf(workload, at, this.#random.uuid(), this.#next()),
      })
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

  /**
   * Told once more: the same Event, with the next count; the recorder's key is source, object, type, reason and message. Where it has expired
   * the recorder makes it anew, with its name and its count, and the API server gives it another UID.
   */
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
      const nanoseconds = BigInt(at) * 1_000_000n + BigInt(this.#series.size)
      const name = `${about.name}.${nanoseconds.toString(16)}`
      series = { name, uid: this.#random.uuid(), created: at, count: 0 }
      this.#series.set(key, series)
    } else if (this.#expiry.chance(this.#expiring)) {
      series.uid = this.#expiry.uuid()
      series.created = at
    }
    series.count += 1
    this.#say({
      t: 'event',
      at,
      uid: series.uid,
      name: series.name,
      involved: about,
      reason,
      type,
      message,
      count: series.count,
      created: series.created,
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

  #next(): string {
    this.#version += 1
    return String(this.#version)
  }

  sayNode(node: Node, at: number, change: SaidObject['change'] = 'MODIFIED'): void {
    this.#say({ t: 'object', at, change, object: nodeOf(node, at, this.#next()) })
  }

  sayWorkload(
    workload: Workload,
    at: number,
    change: SaidObject['change'] = 'MODIFIED',
    { observed = workload.generation }: { readonly observed?: number } = {},
  ): void {
    const seen = { observed, createdAt: this.#startedAt }
    this.#say({ t: 'object', at, change, object: deploymentOf(workload, at, this.#next(), seen) })
  }

  sayReplicaSet(
    workload: Workload,
    revision: Revision,
    at: number,
    change: SaidObject['change'],
  ): void {
    this.#say({
      t: 'object',
      at,
      change,
      object: replicaSetOf(workload, revision, at, this.#next()),
    })
  }

  sayPod(pod: Pod, at: number, change: SaidObject['change'] = 'MODIFIED'): void {
    const object = podOf(pod, at, this.#next(), change === 'DELETED')
    this.#say({ t: 'object', at, change, object })
  }

  /** What always changes: time, told by the cluster itself. */
  lease(at: number): void {
    this.#say({ t: 'object', at, change: 'MODIFIED', object: leaseOf(this.#next()) })
  }
}
