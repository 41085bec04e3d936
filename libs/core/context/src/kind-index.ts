import type { ObjectFact } from './object-fact.ts'

/** Kinds that are asked for as such: what concerns others of its namespace, and what may stand behind a Service. */
const INDEXED: ReadonlySet<string> = new Set([
  'Service',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'HorizontalPodAutoscaler',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
])

/** The objects of some kinds in a namespace. */
export class KindIndex {
  readonly #byKind = new Map<string, Set<string>>()

  add({ uid, object: { kind } }: ObjectFact): void {
    if (!INDEXED.has(kind)) return
    const uids = this.#byKind.get(kind)
    if (uids === undefined) this.#byKind.set(kind, new Set([uid]))
    else uids.add(uid)
  }

  drop({ uid, object: { kind } }: ObjectFact): void {
    this.#byKind.get(kind)?.delete(uid)
  }

  /** The UIDs of a kind, in their own order: what is derived must not depend on the order of arrival. */
  of(kind: string): string[] {
    return [...(this.#byKind.get(kind) ?? [])].sort()
  }
}
