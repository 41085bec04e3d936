import type { Incident, Touch } from '@kubesift/contracts'

/** Why two incidents are of one group. `to` is nearer to the cause where one depends on the other; else the older. */
export interface Join {
  readonly from: string
  readonly to: string
  /** Whether `to` explains `from`; false: both stem from the thing. */
  readonly directed: boolean
  readonly thing: string
  readonly why: string
}

/** Spans that are no further apart than this belong to one time: times are whole seconds, and a symptom may be told before its cause. */
const APART_MS = 60_000
/** A caller may show its symptom so long before its dependency does (facts.md, 1: 4 to 6 s recorded; a probe's period and its failures). */
const EARLY_MS = 60_000
/** What depends on something stays broken for a while after that is well again. */
const AFTER_MS = 2 * 60_000

/** What a node that fails does to those that run on it; everything else there has other reasons. */
const BY_A_NODE: ReadonlySet<string> = new Set([
  'Eviction',
  'NodeNotReady',
  'NodeLost',
  'PodSandbox',
  'ProbeFailure',
  'VolumeMount',
  'Network',
])
const NODE_FAILS: ReadonlySet<string> = new Set([
  'NodeNotReady',
  'NodeLost',
  'NodePressure',
  'Network',
  'Dns',
])
/** What a dependency that fails does to its callers. */
const BY_A_DEPENDENCY: ReadonlySet<string> = new Set(['ProbeFailure', 'CrashLoop', 'JobFailure'])

const endOf = ({ resolution }: Incident): number => resolution?.at ?? Infinity

const ofOneTime = (a: Incident, b: Incident): boolean =>
  a.firstSeenAt <= endOf(b) + APART_MS && b.firstSeenAt <= endOf(a) + APART_MS

/** Where its trouble began: the roll-out whose pods fail, else its first symptom. */
const beginningOf = ({ context, firstSeenAt }: Incident): number => {
  const ats = context.changes
    .filter((c) => c.kind === 'rollout' && c.failingPodsAreNew !== false && c.at <= firstSeenAt)
    .map((c) => c.at)
  return ats.length === 0 ? firstSeenAt : Math.max(...ats)
}

/** Whether their symptoms came at one time, not only while the other was still unresolved. */
const cameTogether = (a: Incident, b: Incident): boolean =>
  a.firstSeenAt <= b.lastSeenAt + APART_MS && b.firstSeenAt <= a.lastSeenAt + APART_MS

/** How long before its first symptom the incident's own pods were changed, where the failing ones are the changed ones. */
const ownChangeDistance = ({ context, firstSeenAt }: Incident): number =>
  Math.min(
    Infinity,
    ...context.changes
      .filter((c) => c.failingPodsAreNew === true && c.at <= firstSeenAt)
      .map((c) => firstSeenAt - c.at),
  )

const isWithin = (user: Incident, thing: Incident): boolean =>
  user.firstSeenAt >= beginningOf(thing) - EARLY_MS && user.firstSeenAt <= endOf(thing) + AFTER_MS

/** Whether the failure of what `user` depends on explains it: of that kind, in that time, and nearer than a change of its own. */
const explains = (kind: string, user: Incident, thing: Incident): boolean => {
  if (!isWithin(user, thing)) return false
  if (kind === 'Node') return NODE_FAILS.has(thing.problem) && BY_A_NODE.has(user.problem)
  if (!BY_A_DEPENDENCY.has(user.problem)) return false
  return Math.abs(user.firstSeenAt - beginningOf(thing)) <= ownChangeDistance(user)
}

interface Touching {
  readonly incident: Incident
  readonly touch: Touch
}

const older = (a: Incident, b: Incident): number =>
  a.firstSeenAt - b.firstSeenAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

const NODE_UNREACHABLE: ReadonlySet<string> = new Set(['NodeNotReady', 'NodeLost'])
const TOGETHER: Touch = {
  how: 'is',
  thing: 'Nodes//together',
  why: 'another node failed at the same time',
}

const kindOf = (thing: string): string => thing.slice(0, thing.indexOf('/'))

/** Things that stand for their pods: two workloads behind one of them are neighbours, no more. */
const FRONTS: ReadonlySet<string> = new Set(['Service', 'HostPort'])

/** Each with the next of its time, oldest first: enough to connect them all. */
const chained = (
  all: readonly Touching[],
  thing: string,
  together: (a: Incident, b: Incident) => boolean = ofOneTime,
): Join[] => {
  const sorted = all.toSorted((a, b) => older(a.incident, b.incident))
  return sorted.flatMap((later, i) => {
    const earlier = sorted
      .slice(0, i)
      .reverse()
      .find((e) => e.incident.id !== later.incident.id && together(e.incident, later.incident))
    if (earlier === undefined) return []
    const { id: to } = earlier.incident
    return [{ from: later.incident.id, to, directed: false, thing, why: later.touch.why }]
  })
}

const joinsAt = (thing: string, touching: readonly Touching[]): Join[] => {
  const of = (how: Touch['how']): Touching[] => touching.filter(({ touch }) => touch.how === how)
  const [is, blames, uses] = [of('is'), of('blames'), of('uses')]
  const kind = kindOf(thing)
  const to = (from: Touching, thingOf: Touching): Join => ({
    from: from.incident.id,
    to: thingOf.incident.id,
    directed: true,
    thing,
    why: from.touch.why,
  })
  const blamed = blames.flatMap((from) =>
    is
      .filter(
        (i) => i.incident.id !== from.incident.id && ofOneTime(i.incident, from.incident),
      )
      .map((i) => to(from, i)),
  )
  const depended = uses.flatMap((from) =>
    is
      .filter(
        (i) => i.incident.id !== from.incident.id && explains(kind, from.incident, i.incident),
      )
      .map((i) => to(from, i)),
  )
  return [
    ...(FRONTS.has(kind) ? [] : chained(is, thing)),
    ...blamed,
    ...chained(blames, thing),
    ...depended,
  ]
}

/** Several nodes that fail at once have something above them in common: control plane, network, zone. */
const nodesTogether = (cluster: readonly Incident[]): Join[] => {
  const failing = cluster
    .filter((i) => i.resourceKind === 'Node' && NODE_UNREACHABLE.has(i.problem))
    .map((incident): Touching => ({ incident, touch: TOGETHER }))
  return chained(failing, TOGETHER.thing, cameTogether)
}

/** All reasons to put two of these incidents into one group, in an order that depends on nothing but the incidents. */
export const joinsOf = (incidents: readonly Incident[]): Join[] => {
  const byCluster = Map.groupBy(
    incidents.filter((i) => i.status !== 'merged').toSorted(older),
    (i) => i.cluster,
  )
  return [...byCluster.values()].flatMap((cluster) => [
    ...throughThings(cluster),
    ...nodesTogether(cluster),
  ])
}

const throughThings = (cluster: readonly Incident[]): Join[] => {
  const byThing = new Map<string, Touching[]>()
  for (const incident of cluster) {
    for (const touch of incident.context.touches) {
      const touching = byThing.get(touch.thing)
      if (touching === undefined) byThing.set(touch.thing, [{ incident, touch }])
      else touching.push({ incident, touch })
    }
  }
  return [...byThing]
    .filter(([, touching]) => touching.length > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([thing, touching]) => joinsAt(thing, touching))
}
