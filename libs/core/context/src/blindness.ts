import { incidentKey, type ProblemRule, type Recovery, type Spell } from '@kubesift/contracts'
import { formatInstant } from '@kubesift/core-signal'
import type { Derived } from './derive.ts'
import { evidence } from './evidence.ts'
import { BASE_POINTS } from './severity-terms.ts'
import { thingId } from './things.ts'

/** What is known of a cluster's silence: closed ones, and since when nothing has come, where that is so now. */
export interface Blindness {
  readonly gaps: readonly (readonly [number, number])[]
  /** Time of the newest object before the silence that goes on; null: none does. */
  readonly since: number | null
  /** Time of the newest object. */
  readonly newest: number
}

/** So many silences of a cluster are told; older ones are in the topic. */
const MAX_SPELLS = 32

export const SEEN_AGAIN = 'objects of the cluster arrive again'
export const HEARD_AGAIN = 'Events of the canary arrive again'

/**
 * The silences of a cluster as spells. A silence that goes on has no end; when it ends, the gap that it leaves closes it. `afterMs` is how
 * long a silence is none, `why` what its end is told by.
 */
export const blindSpells = (
  before: readonly Spell[],
  { gaps, since, newest }: Blindness,
  afterMs: number,
  why: string,
): readonly Spell[] => {
  const back = (at: number): Recovery => ({ at, by: 'recovered', why })
  const byBegin = new Map(before.map((spell) => [spell.from, spell]))
  const put = (from: number, recovery: Recovery | null): void => {
    const known = byBegin.get(from)
    if (known !== undefined && (known.recovery !== null || recovery === null)) return
    byBegin.set(from, { from, to: from, openedAt: from + afterMs, count: 1, recovery })
  }
  for (const [from, to] of gaps) put(from, back(to))
  if (since !== null) put(since, null)
  // What was too short to leave a gap is over all the same when something newer has come.
  const open = before.at(-1)
  if (since === null && open?.recovery === null && newest > open.from) put(open.from, back(newest))
  const spells = [...byBegin.values()].sort((a, b) => a.from - b.from).slice(-MAX_SPELLS)
  return spells.length === before.length && spells.every((spell, i) => spell === before[i])
    ? before
    : spells
}

export const BLIND = 'Blind'

/** Symptoms and things that only workloads have. */
const NOTHING_OF_WORKLOADS = {
  objects: [],
  objectsTotal: 0,
  changes: [],
  states: { waiting: [], terminations: [], restarts: 0, notReady: 0, pods: 0 },
  gaps: [],
}

/** What is not perceived: the cluster as a whole, or its Events. */
interface Stream {
  readonly kind: string
  readonly reason: string
  readonly it: string
  readonly goesOn: (cluster: string) => string
  readonly wasOver: (cluster: string) => string
  /** Where the rule's own words do not fit. */
  readonly title?: string
}

const OBJECTS: Stream = {
  kind: 'Cluster',
  reason: 'NoData',
  it: 'the cluster',
  goesOn: (cluster) =>
    `no object of cluster ${cluster} has arrived since then, though every partition was read to its end`,
  wasOver: (cluster) => `no object of cluster ${cluster} arrived from then`,
}

const EVENTS: Stream = {
  kind: 'EventStream',
  reason: 'NoEvents',
  it: 'the Event stream of the cluster',
  goesOn: (cluster) =>
    `no Event of the canary in cluster ${cluster} has come since then, though its objects go on`,
  wasOver: (cluster) => `no Event of the canary in cluster ${cluster} came from then`,
  title: 'Events of cluster {name} are not heard: those of its canary do not arrive',
}

const saidOf = ({ goesOn, wasOver }: Stream, cluster: string, { recovery }: Spell): string =>
  recovery === null ? goesOn(cluster) : `${wasOver(cluster)} until ${formatInstant(recovery.at)}`

const countsOf = (
  spells: readonly [Spell, ...Spell[]],
  reason: string,
  message: string,
): Pick<Derived, 'reasons' | 'occurrenceCount' | 'countQuality' | 'firstSeenAt' | 'lastSeenAt'> => {
  const [first] = spells
  const last = spells.at(-1) ?? first
  const seen = { firstAt: first.from, lastAt: last.from }
  const count = spells.length
  const of = { type: 'State', source: 'state', quality: 'exact', uids: 1 } as const
  return {
    reasons: [{ reason, ...of, count, ...seen, message }],
    occurrenceCount: count,
    countQuality: 'exact',
    firstSeenAt: seen.firstAt,
    lastSeenAt: seen.lastAt,
  }
}

type Rule = Pick<ProblemRule, 'title' | 'severity'>

type Unseen = (
  cluster: string,
  spells: readonly Spell[],
  rule: Rule,
  cause: Derived['cause'],
) => Derived | undefined

const contextOf =
  (stream: Stream): Unseen =>
  (cluster, [first, ...more], rule, cause) => {
    if (first === undefined) return undefined
    const last = more.at(-1) ?? first
    const owner = { kind: stream.kind, name: cluster, by: 'self' } as const
    const text = saidOf(stream, cluster, last)
    const touch = {
      how: 'is',
      thing: thingId(owner.kind, '', cluster),
      why: `it is ${stream.it}`,
    } as const
    const why = `${BLIND} is ${rule.severity} in the catalogue`
    return {
      key: incidentKey({ cluster, namespace: '', kind: owner.kind, name: cluster, problem: BLIND }),
      cluster,
      namespace: '',
      owner,
      problem: BLIND,
      title: (stream.title ?? rule.title)
        .replaceAll('{owner}', `${owner.kind}/${cluster}`)
        .replaceAll('{name}', cluster),
      severity: rule.severity,
      severityTerms: [{ term: 'base', points: BASE_POINTS[rule.severity], why }],
      ...countsOf([first, ...more], stream.reason, text),
      ...NOTHING_OF_WORKLOADS,
      evidence: [evidence({ kind: 'state', text, at: last.from, records: [cause] })],
      spells: [first, ...more],
      facets: [`${touch.how}:${touch.thing}`],
      touches: [touch],
      cause,
    }
  }

/**
 * The context that says that a cluster is not seen: nothing of it can resolve meanwhile, and nothing new is known. Undefined where it was
 * always seen.
 */
export const blindContext = contextOf(OBJECTS)

/**
 * The context that says that the Events of a cluster are not heard while its objects are: what states show goes on, what only Events tell
 * is missing, and no time to live runs out. Undefined where they were always heard.
 */
export const deafContext = contextOf(EVENTS)
