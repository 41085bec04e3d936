import type { Change, Touch } from '@kubesift/contracts'
import { cut } from '@kubesift/core-signal'
import type { Draft } from './change-drafts.ts'
import { changeDrafts } from './changes.ts'
import type { Facts } from './facts.ts'
import type { ObjectFact } from './object-fact.ts'
import { lifeChanges } from './setting-changes.ts'
import { selects, serviceOf, thingId } from './things.ts'

/** What an owner calls: a Service of its namespace, and what stands behind that. */
export interface Dependency {
  readonly service: ObjectFact
  /** The workload behind it, with its ReplicaSets; undefined for the Service itself. */
  readonly workload?: { readonly own: ObjectFact; readonly replicaSets: readonly ObjectFact[] }
  /** Where the owner names it. */
  readonly where: string
}

const BEHIND = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'] as const
const MAX_DEPENDENCIES = 32

const replicaSetsOf = ({ object: { kind, name } }: ObjectFact, facts: Facts): ObjectFact[] =>
  [...(facts.membership.byOwner.get(`${kind}/${name}`)?.objects ?? [])]
    .sort()
    .map((uid) => facts.objects.get(uid)!)
    .filter(({ object }) => object.kind === 'ReplicaSet')

const behind = (service: ObjectFact, facts: Facts): ObjectFact[] => {
  const { selector = {} } = service.object.service ?? {}
  return BEHIND.flatMap((kind) => facts.ofKind(kind)).filter(({ revisions }) =>
    revisions.some(({ template }) => selects(selector, template)),
  )
}

/** Whom an owner calls, by what its templates and its ConfigMaps name; itself is not among them. Bounded. */
export const dependenciesOf = (
  namespace: string,
  own: readonly ObjectFact[],
  configMaps: readonly ObjectFact[],
  facts: Facts,
): Dependency[] => {
  const named = new Map<string, string>()
  const add = (call: string, where: string): void => {
    const thing = serviceOf(call, namespace)
    if (thing !== undefined && !named.has(thing)) named.set(thing, where)
  }
  for (const { calls = [] } of own.flatMap(({ revisions }) => revisions))
    for (const call of calls) add(call, `its pod template names ${call}`)
  for (const { object } of configMaps)
    for (const call of object.calls ?? []) add(call, `ConfigMap ${object.name} names ${call}`)
  if (named.size === 0) return []
  const selves = new Set(own.map(({ uid }) => uid))
  return facts
    .ofKind('Service')
    .flatMap((service): Dependency[] => {
      const where = named.get(thingId('Service', namespace, service.object.name))
      if (where === undefined) return []
      const workloads = behind(service, facts).filter(({ uid }) => !selves.has(uid))
      return [
        { service, where },
        ...workloads.map((workload) => ({
          service,
          where,
          workload: { own: workload, replicaSets: replicaSetsOf(workload, facts) },
        })),
      ]
    })
    .slice(0, MAX_DEPENDENCIES)
}

/** What a dependency that does not answer as before does to its callers. */
const BY_A_DEPENDENCY: ReadonlySet<string> = new Set(['ProbeFailure', 'CrashLoop', 'JobFailure'])
/** A caller that fails so long after a change has other reasons: a back-off and a few periods of a probe. */
const JUST_AFTER_MS = 5 * 60_000
/** Whole seconds, and two clocks. */
const SLACK_MS = 2_000
const WHY_MAX = 400

const draftsOf = ({ service, workload, where }: Dependency): Draft[] => {
  const fact = workload?.own ?? service
  const { kind, namespace, name, uid } = fact.object
  const drafts =
    workload === undefined ? lifeChanges(service) : changeDrafts({ ...workload, rolloutEvents: [] })
  const front = workload === undefined ? '' : `, and ${kind} ${name} is behind it`
  return drafts
    .filter((draft) => draft.kind !== 'created')
    .map((draft) => ({
      ...draft,
      of: { kind, namespace, name, uid },
      via: `${where}${front}`,
      records: fact.records,
    }))
}

/** Changes of what an owner calls that came just before this trouble of it, and can explain it; nearest first. */
export const dependencyChanges = (
  dependencies: () => readonly Dependency[],
  { problem, firstAt }: { readonly problem: string; readonly firstAt: number },
): Draft[] =>
  BY_A_DEPENDENCY.has(problem)
    ? dependencies()
        .flatMap(draftsOf)
        .filter(({ at }) => at <= firstAt + SLACK_MS && at >= firstAt - JUST_AFTER_MS)
        .sort((a, b) => b.at - a.at || (nameOf(a) < nameOf(b) ? -1 : 1))
    : []

const nameOf = ({ object, kind }: Draft): string => `${object.kind}/${object.name} ${kind}`

/**
 * The changed thing that a caller shares with others that fail just after it: of each dependency the change nearest before. Where a change
 * of the caller's own failing pods is nearer, that explains it, and it stays alone.
 */
export const changedThings = (changes: readonly Change[]): Touch[] => {
  const own = changes.find((c) => c.of === undefined && c.failingPodsAreNew === true)
  const found = new Map<string, Touch>()
  for (const { of, at, via = '', summary } of changes) {
    if (of === undefined || (own !== undefined && own.at >= at)) continue
    const id = `${of.kind}/${of.name}`
    if (!found.has(id))
      found.set(id, {
        how: 'blames',
        thing: thingId('Changed', of.namespace, `${id}@${at}`),
        why: cut(`${id} was changed just before (${summary}), and ${via}`, WHY_MAX),
      })
  }
  return [...found.values()]
}
