import type { Truth, TruthGroup } from '../truth.ts'
import { Cluster, type ClusterShape, type Pod, type Workload } from './cluster.ts'
import { Random } from './random.ts'
import type { Recount } from '../recount.ts'
import type { Said } from './records.ts'

export interface StormShape extends ClusterShape {
  readonly seed: number
  /** How many of each are tried; one that finds no place left is left out. */
  readonly crashes: number
  readonly images: number
  readonly configs: number
  readonly nodesDown: number
  /** Roll-outs with which nothing is wrong. */
  readonly rollOuts: number
}

export interface LabelledStorm {
  /** In the order in which it happened. */
  readonly said: readonly Said[]
  readonly truth: Truth
  /** Per owner, reason and type: what was counted while it was said. */
  readonly counts: readonly Recount[]
  /** The cluster's word of the time goes on until then: everything has recovered, and every window has passed. */
  readonly end: number
}

export const STORM_START = Date.UTC(2026, 10, 21, 1, 0, 0)
const SECOND = 1_000
const MINUTE = 60 * SECOND
/** Longer than any stability window, and than the allowed lateness. */
const CALM = 25 * MINUTE
const LEASE_EVERY = MINUTE

const ownerOf = (w: Workload): string => `${w.namespace}/Deployment/${w.name}`

interface Action {
  readonly at: number
  readonly run: () => void
}

/** Faults with known causes and effects, in a cluster that is made up. */
class Script {
  readonly cluster: Cluster
  readonly groups: TruthGroup[] = []
  readonly benign: string[] = []
  readonly #random: Random
  readonly #actions: Action[] = []
  readonly #busy = new Set<Workload>()
  #end: number

  constructor(shape: StormShape) {
    this.#random = new Random(shape.seed)
    this.cluster = new Cluster(shape, this.#random, STORM_START)
    this.#end = STORM_START + MINUTE
  }

  at(at: number, run: () => void): void {
    this.#actions.push({ at, run })
    this.#end = Math.max(this.#end, at)
  }

  /** Everybody who calls it, over any number of steps. */
  #callersOf(workload: Workload): Workload[] {
    const found = new Set<Workload>()
    const queue = [workload]
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const other of this.cluster.workloads) {
        if (!other.calls.includes(at) || found.has(other)) continue
        found.add(other)
        queue.push(other)
      }
    }
    return [...found]
  }

  /** Workloads that no other fault touches, with all who call them. */
  #free(namespace?: string): { workload: Workload; callers: Workload[] } | undefined {
    const candidates = this.cluster.workloads
      .filter((w) => namespace === undefined || w.namespace === namespace)
      .map((workload) => ({ workload, callers: this.#callersOf(workload) }))
      .filter(({ workload, callers }) => ![workload, ...callers].some((w) => this.#busy.has(w)))
    if (candidates.length === 0) return undefined
    const picked = this.#random.of(candidates)
    for (const w of [picked.workload, ...picked.callers]) this.#busy.add(w)
    return picked
  }

  /** Repeats of one Event of each pod, from `from` until `to`. */
  #insist(
    workload: Workload,
    { from, to, every }: { readonly from: number; readonly to: number; readonly every: number },
    tell: (pod: Pod, at: number) => void,
  ): void {
    for (let at = from; at < to; at += every)
      this.at(at, () => {
        for (const pod of workload.pods) tell(pod, at)
      })
  }

  /** Who calls a workload that is away fails its readiness probe until a little after it is back. */
  #starve(callers: readonly Workload[], from: number, to: number): void {
    for (const caller of callers) {
      const first = from + this.#random.int(2, 6) * SECOND
      const last = to + 5 * SECOND
      this.at(first, () => {
        for (const pod of caller.pods) {
          pod.ready = false
          this.cluster.sayPod(pod, first)
        }
        this.cluster.sayWorkload(caller, first)
      })
      this.#insist(caller, { from: first, to: last, every: 10 * SECOND }, (pod, at) =>
        this.cluster.event(this.cluster.podRef(pod), {
          at,
          reason: 'Unhealthy',
          type: 'Warning',
          message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
          host: pod.node.name,
        }),
      )
      this.at(last + SECOND, () => {
        for (const pod of caller.pods) {
          pod.ready = true
          this.cluster.sayPod(pod, last + SECOND)
        }
        this.cluster.sayWorkload(caller, last + SECOND)
      })
    }
  }

  #group(
    id: string,
    workloads: readonly Workload[],
    callers: readonly Workload[],
    cause: Pick<TruthGroup['cause'], 'problem' | 'class'>,
    { from, to }: { readonly from: number; readonly to: number },
  ): void {
    const [first] = workloads
    this.groups.push({
      id,
      cause: {
        owner: ownerOf(first!),
        namespace: first!.namespace,
        ...cause,
        class_also: [],
        owner_also: workloads.slice(1).map(ownerOf),
        problem_events_only: [],
      },
      affected: [...workloads, ...callers].map(ownerOf),
      change: {
        kind: 'rollout',
        object: `Deployment/${first!.name}`,
        at: new Date(from).toISOString(),
        summary: id,
      },
      recovered_at: new Date(to).toISOString(),
      optional: false,
      may_stay_open: [],
    })
  }

  crash(at: number, lasts: number): void {
    const place = this.#free()
    if (place === undefined) return
    const { workload, callers } = place
    const good = workload.current
    const end = at + lasts
    this.at(at, () => this.cluster.rollOut(workload, { image: `${workload.name}:bad` }, at, false))
    let restarts = 0
    this.#insist(workload, { from: at + 5 * SECOND, to: end, every: 12 * SECOND }, (pod, now) => {
      pod.restarts += 1
      restarts += 1
      pod.waiting = {
        reason: 'CrashLoopBackOff',
        message: `back-off restarting failed container=${workload.name}`,
      }
      pod.last = { reason: 'Error', exitCode: 1, finishedAt: now - SECOND }
      if (restarts % 3 === 1) this.cluster.sayPod(pod, now)
      this.cluster.event(this.cluster.podRef(pod), {
        at: now,
        reason: 'BackOff',
        type: 'Warning',
        message: `Back-off restarting failed container ${workload.name} in pod ${pod.name}_${workload.namespace}(${pod.uid})`,
        host: pod.node.name,
      })
    })
    this.at(end, () => this.cluster.rollBack(workload, good, end))
    this.#starve(callers, at, end)
    this.#group(
      `crash-${ownerOf(workload)}`,
      [workload],
      callers,
      { problem: ['CrashLoop'], class: 'bad-rollout' },
      { from: at, to: end + 2 * SECOND },
    )
  }

  image(at: number, lasts: number): void {
    const place = this.#free()
    if (place === undefined) return
    const { workload, callers } = place
    const good = workload.current
    const end = at + lasts
    const image = `registry.example/${workload.name}:nope`
    this.at(at, () => this.cluster.rollOut(workload, { image }, at, false))
    this.#insist(workload, { from: at + 3 * SECOND, to: end, every: 15 * SECOND }, (pod, now) => {
      if (pod.waiting === undefined) {
        pod.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` }
        this.cluster.sayPod(pod, now)
      }
      this.cluster.event(this.cluster.podRef(pod), {
        at: now,
        reason: 'Failed',
        type: 'Warning',
        message: `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image: not found`,
        host: pod.node.name,
      })
    })
    this.at(end, () => this.cluster.rollBack(workload, good, end))
    this.#starve(callers, at, end)
    this.#group(
      `image-${ownerOf(workload)}`,
      [workload],
      callers,
      { problem: ['ImagePull'], class: 'image-not-found' },
      { from: at, to: end + 2 * SECOND },
    )
  }

  /** Several workloads of a namespace are rolled out against a ConfigMap that is not there. */
  config(at: number, lasts: number): void {
    const first = this.#free()
    if (first === undefined) return
    const more = [this.#free(first.workload.namespace)].filter((place) => place !== undefined)
    const places = [first, ...more]
    const end = at + lasts
    const configMap = `settings-${this.#random.suffix(4)}`
    for (const [i, { workload, callers }] of places.entries()) {
      const good = workload.current
      const begin = at + i * 20 * SECOND
      this.at(begin, () => this.cluster.rollOut(workload, { configMap }, begin, false))
      this.#insist(
        workload,
        { from: begin + 3 * SECOND, to: end, every: 15 * SECOND },
        (pod, now) => {
          if (pod.waiting === undefined) {
            pod.waiting = {
              reason: 'CreateContainerConfigError',
              message: `configmap "${configMap}" not found`,
            }
            this.cluster.sayPod(pod, now)
          }
          this.cluster.event(this.cluster.podRef(pod), {
            at: now,
            reason: 'Failed',
            type: 'Warning',
            message: `Error: configmap "${configMap}" not found`,
            host: pod.node.name,
          })
        },
      )
      this.at(end + i, () => this.cluster.rollBack(workload, good, end + i))
      this.#starve(callers, begin, end)
    }
    this.#group(
      `config-${configMap}`,
      places.map(({ workload }) => workload),
      places.flatMap(({ callers }) => callers),
      { problem: ['Config'], class: 'missing-config' },
      { from: at, to: end + 2 * SECOND },
    )
  }

  /** A kubelet dies: its pods are lost, and replaced after a minute; later it comes back. */
  nodeDown(at: number): void {
    const alive = this.cluster.nodes.filter((n) => n.ready)
    if (alive.length < 2) return
    const node = this.#random.of(alive)
    const lost = this.cluster.workloads.filter((w) => w.pods.some((p) => p.node === node))
    const about = { kind: 'Node', namespace: '', name: node.name, uid: node.name }
    const back = at + 5 * MINUTE
    this.at(at, () => {
      node.ready = false
      this.cluster.sayNode(node, at)
      this.cluster.event(about, {
        at,
        reason: 'NodeNotReady',
        type: 'Normal',
        message: `Node ${node.name} status is now: NodeNotReady`,
      })
      for (const workload of lost) {
        for (const pod of workload.pods.filter((p) => p.node === node)) {
          pod.ready = false
          this.cluster.sayPod(pod, at + SECOND)
          this.cluster.event(this.cluster.podRef(pod, false), {
            at: at + SECOND,
            reason: 'NodeNotReady',
            type: 'Warning',
            message: 'Node is not ready',
          })
        }
        this.cluster.sayWorkload(workload, at + 2 * SECOND)
      }
    })
    const evicted = at + MINUTE
    this.at(evicted, () => {
      for (const workload of lost) {
        for (const pod of workload.pods.filter((p) => p.node === node)) {
          this.cluster.event(this.cluster.podRef(pod, false), {
            at: evicted,
            reason: 'TaintManagerEviction',
            type: 'Normal',
            message: `Marking for deletion Pod ${workload.namespace}/${pod.name}`,
          })
          this.cluster.endPod(pod, evicted + SECOND)
          this.cluster.startPod(workload, evicted + 2 * SECOND, true)
        }
        this.cluster.sayWorkload(workload, evicted + 3 * SECOND)
      }
    })
    this.at(back, () => {
      node.ready = true
      this.cluster.sayNode(node, back)
      this.cluster.event(about, {
        at: back,
        reason: 'NodeReady',
        type: 'Normal',
        message: `Node ${node.name} status is now: NodeReady`,
      })
    })
    this.groups.push({
      id: `node-${node.name}`,
      cause: {
        owner: `/Node/${node.name}`,
        namespace: '',
        problem: ['NodeNotReady'],
        class: 'node-down',
        class_also: [],
        owner_also: [],
        problem_events_only: [],
      },
      affected: [`/Node/${node.name}`, ...lost.map(ownerOf)],
      change: {
        kind: 'node',
        object: `Node/${node.name}`,
        at: new Date(at).toISOString(),
        summary: 'its kubelet dies',
      },
      recovered_at: new Date(back).toISOString(),
      optional: false,
      may_stay_open: [],
    })
  }

  /** Nothing is wrong: each old pod fails one probe while it goes. */
  rollOut(at: number): void {
    const place = this.#free()
    if (place === undefined) return
    const { workload } = place
    this.at(at, () => {
      for (const pod of workload.pods)
        this.cluster.event(this.cluster.podRef(pod), {
          at,
          reason: 'Unhealthy',
          type: 'Warning',
          message: 'Readiness probe failed: dial tcp: connect: connection refused',
          host: pod.node.name,
        })
      this.cluster.rollOut(workload, { image: `${workload.name}:1.1` }, at, true)
    })
    this.benign.push(ownerOf(workload))
  }

  /** Everything happens, in its order; time is told until all windows have passed. */
  play(): number {
    const end = this.#end + CALM
    for (let at = STORM_START; at <= end; at += LEASE_EVERY)
      this.at(at, () => this.cluster.lease(at))
    for (const { run } of this.#actions.toSorted((a, b) => a.at - b.at)) run()
    return end
  }
}

/** Sums of the highest counts of the Events, as whoever told them knows. */
const countsOf = ({ said, ownerOfPod }: Cluster): Recount[] => {
  const highest = new Map<
    string,
    { readonly key: string; readonly count: number; readonly from: number; readonly to: number }
  >()
  for (const s of said) {
    if (s.t !== 'event') continue
    const { kind, namespace, name, uid } = s.involved
    const owner = ownerOfPod.get(uid) ?? `${namespace}/${kind}/${name}`
    const key = JSON.stringify([owner, s.reason, s.type])
    const from = Math.floor(s.since / 1000) * 1000
    const to = Math.floor(s.at / 1000) * 1000
    highest.set(s.uid, { key, count: s.count, from, to })
  }
  return [...Map.groupBy(highest.values(), ({ key }) => key)].map(([key, events]) => {
    const [owner, reason, type] = JSON.parse(key) as [string, string, string]
    return {
      owner,
      reason,
      type,
      sum: events.reduce((sum, { count }) => sum + count, 0),
      uids: events.length,
      firstAt: Math.min(...events.map((e) => e.from)),
      lastAt: Math.max(...events.map((e) => e.to)),
    }
  })
}

/** A storm of any size, with what happened in it. */
export const labelledStorm = (shape: StormShape): LabelledStorm => {
  const script = new Script(shape)
  let at = STORM_START + 5 * MINUTE
  // A node takes pods of anybody: it goes alone, long before and after the others.
  for (let i = 0; i < shape.nodesDown; i += 1, at += 40 * MINUTE) script.nodeDown(at)
  const begin = (): number => at + (script.groups.length * 37 + script.benign.length * 11) * SECOND
  for (let i = 0; i < shape.crashes; i += 1) script.crash(begin(), (4 + (i % 5)) * MINUTE)
  for (let i = 0; i < shape.images; i += 1) script.image(begin(), (3 + (i % 4)) * MINUTE)
  for (let i = 0; i < shape.configs; i += 1) script.config(begin(), (4 + (i % 3)) * MINUTE)
  for (let i = 0; i < shape.rollOuts; i += 1) script.rollOut(begin())
  const end = script.play()
  const { said } = script.cluster
  return {
    said: said.toSorted((a, b) => a.at - b.at),
    end,
    counts: countsOf(script.cluster),
    truth: {
      scenario: `storm-${shape.seed}`,
      start: new Date(STORM_START).toISOString(),
      end: new Date(end).toISOString(),
      expected: {
        groups: script.groups,
        benign: script.benign,
        ignore: [],
        no_incident_at_all: false,
        event_counts: [],
        notes: [],
      },
    },
  }
}
