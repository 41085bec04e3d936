import type { Touch } from '@kubesift/contracts'
import { olderFirst, type Groupable } from './groupable.ts'

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
const BY_A_DEPENDENCY: ReadonlySet<string> = new Set([
  'ProbeFailure',
  'CrashLoop',
  'JobFailure',
  'HealthCheck',
])

const endOf = ({ endedAt }: Groupable): number => endedAt ?? Infinity

const ofOneTime = (a: Groupable, b: Groupable): boolean =>
  a.firstSeenAt <= endOf(b) + APART_MS && b.firstSeenAt <= endOf(a) + APART_MS

/** Whether their symptoms came at one time, not only while the other was still unresolved. */
const cameTogether = (a: Groupable, b: Groupable): boolean =>
  a.firstSeenAt <= (b.lastSeenAt ?? endOf(b)) + APART_MS &&
  b.firstSeenAt <= (a.lastSeenAt ?? endOf(a)) + APART_MS

const isWithin = (user: Groupable, thing: Groupable): boolean =>
  user.firstSeenAt >= thing.beganAt - EARLY_MS && user.firstSeenAt <= endOf(thing) + AFTER_MS

/** Whether the failure of what `user` depends on explains it: of that kind, in that time, and nearer than a change of its own. */
const explains = (kind: string, user: Groupable, thing: Groupable): boolean => {
  if (!isWithin(user, thing)) return false
  if (kind === 'Node') return NODE_FAILS.has(thing.problem) && BY_A_NODE.has(user.problem)
  if (!BY_A_DEPENDENCY.has(user.problem)) return false
  return Math.abs(user.firstSeenAt - thing.beganAt) <= (user.ownChangeMs ?? Infinity)
}

interface Touching {
  readonly incident: Groupable
  readonly touch: Touch
}

const NODE_UNREACHABLE: ReadonlySet<string> = new Set(['NodeNotReady', 'NodeLost'])

const kindOf = (thing: string): string => thing.slice(0, thing.indexOf('/'))

/** What all nodes of a cluster are part of (core-context, touches). */
const ALL_NODES = 'Nodes'

/** Things that stand for their pods: two workloads behind one of them are neighbours, no more. */
const FRONTS: ReadonlySet<string> = new Set(['Service', 'HostPort'])

/** Each with the next of its time, oldest first: enough to connect them all. */
const chained = (
  all: readonly Touching[],
  thing: string,
  together: (a: Groupable, b: Groupable) => boolean = ofOneTime,
): Join[] => {
  const sorted = all.toSorted((a, b) => olderFirst(a.incident, b.incident))
  return sorted.flatMap(({ incident, touch }, i) => {
    for (let k = i - 1; k >= 0; k -= 1) {
      const earlier = sorted[k]!.incident
      if (earlier.id !== incident.id && together(earlier, incident))
        return [{ from: incident.id, to: earlier.id, directed: false, thing, why: touch.why }]
    }
    return []
  })
}

/** Incidents of one thing. Of the nodes of a cluster, several that fail at once: control plane, network or zone. */
const ofOneThing = (kind: string, thing: string, is: readonly Touching[]): Join[] => {
  if (FRONTS.has(kind)) return []
  if (kind !== ALL_NODES) return chained(is, thing)
  const lost = is.filter(({ incident }) => NODE_UNREACHABLE.has(incident.problem))
  return chained(lost, thing, cameTogether)
}

/** So many of those that a thing is explain one that touches it, the oldest: behind one Service there may be hundreds. */
const MAX_CAUSES = 32

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
      .filter((i) => i.incident.id !== from.incident.id && ofOneTime(i.incident, from.incident))
      .slice(0, MAX_CAUSES)
      .map((i) => to(from, i)),
  )
  const depended = uses.flatMap((from) =>
    is
      .filter(
        (i) => i.incident.id !== from.incident.id && explains(kind, from.incident, i.incident),
      )
      .slice(0, MAX_CAUSES)
      .map((i) => to(from, i)),
  )
  return [...ofOneThing(kind, thing, is), ...blamed, ...chained(blames, thing), ...depended]
}

/** All reasons to put two of these incidents into one group, in an order that depends on nothing but the incidents. */
export const joinsOf = (incidents: readonly Groupable[]): Join[] =>
  [...Map.groupBy(incidents.toSorted(olderFirst), (i) => i.cluster).values()].flatMap(throughThings)

const throughThings = (cluster: readonly Groupable[]): Join[] => {
  const byThing = new Map<string, Touching[]>()
  for (const incident of cluster) {
    for (const touch of incident.touches) {
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
