import type { Truth } from '@kubesift/core-evaluation'
import { Cluster, type ClusterShape } from './cluster.ts'
import { Random } from './random.ts'
import type { Pod, Workload } from './things.ts'

export type TruthGroup = Truth['expected']['groups'][number]

export const STORM_START = Date.UTC(2026, 10, 21, 1, 0, 0)
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
/** Longer than any stability window, and than the allowed lateness. */
const CALM = 25 * MINUTE
const LEASE_EVERY = MINUTE

export const ownerOf = (w: Workload): string => `${w.namespace}/Deployment/${w.name}`

interface Action {
  readonly at: number
  readonly run: () => void
}

/** Faults with known causes and effects, in a cluster that is made up. */
export class Script {
  readonly cluster: Cluster
  readonly groups: TruthGroup[] = []
  readonly benign: string[] = []
  readonly random: Random
  readonly #actions: Action[] = []
  readonly #busy = new Set<Workload>()
  #end: number

  constructor(shape: ClusterShape & { readonly seed: number }) {
    this.random = new Random(shape.seed)
    this.cluster = new Cluster(shape, this.random, STORM_START)
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
  free(namespace?: string): { workload: Workload; callers: Workload[] } | undefined {
    const candidates = this.cluster.workloads
      .filter((w) => namespace === undefined || w.namespace === namespace)
      .map((workload) => ({ workload, callers: this.#callersOf(workload) }))
      .filter(({ workload, callers }) => ![workload, ...callers].some((w) => this.#busy.has(w)))
    if (candidates.length === 0) return undefined
    const picked = this.random.of(candidates)
    for (const w of [picked.workload, ...picked.callers]) this.#busy.add(w)
    return picked
  }

  /** Repeats of one Event of each pod, from `from` until `to`. */
  insist(
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
  starve(callers: readonly Workload[], from: number, to: number): void {
    for (const caller of callers) {
      const first = from + this.random.int(2, 6) * SECOND
      const last = to + 5 * SECOND
      this.at(first, () => {
        for (const pod of caller.pods) {
          pod.ready = false
          this.cluster.sayPod(pod, first)
        }
        this.cluster.sayWorkload(caller, first)
      })
      this.insist(caller, { from: first, to: last, every: 10 * SECOND }, (pod, at) =>
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

  group(
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

  /** Everything happens, in its order; time is told until all windows have passed. */
  play(): number {
    const end = this.#end + CALM
    for (let at = STORM_START; at <= end; at += LEASE_EVERY)
      this.at(at, () => this.cluster.lease(at))
    for (const { run } of this.#actions.toSorted((a, b) => a.at - b.at)) run()
    return end
  }
}
