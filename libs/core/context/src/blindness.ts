import { incidentKey, type ProblemRule, type Recovery, type Spell } from '@kubesift/contracts'
import { BASE_POINTS, type Derived } from './derive.ts'
import { formatInstant } from '@kubesift/core-signal'
import { evidence } from './evidence.ts'
import { thingId } from './touches.ts'

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

const back = (at: number): Recovery => ({
  at,
  by: 'recovered',
  why: 'objects of the cluster arrive again',
})

/**
 * The silences of a cluster as spells. A silence that goes on has no end; when it ends, the gap that it leaves closes it. `afterMs` is how
 * long a silence is none.
 */
export const blindSpells = (
  before: readonly Spell[],
  { gaps, since, newest }: Blindness,
  afterMs: number,
): readonly Spell[] => {
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

const saidOf = (cluster: string, { recovery }: Spell): string =>
  recovery === null
    ? `no object of cluster ${cluster} has arrived since then, though every partition was read to its end`
    : `no object of cluster ${cluster} arrived from then until ${formatInstant(recovery.at)}`

const countsOf = (
  spells: readonly [Spell, ...Spell[]],
  message: string,
): Pick<Derived, 'reasons' | 'occurrenceCount' | 'countQuality' | 'firstSeenAt' | 'lastSeenAt'> => {
  const [first] = spells
  const last = spells.at(-1) ?? first
  const seen = { firstAt: first.from, lastAt: last.from }
  const count = spells.length
  const of = { type: 'State', source: 'state', quality: 'exact', uids: 1 } as const
  return {
    reasons: [{ reason: 'NoData', ...of, count, ...seen, message }],
    occurrenceCount: count,
    countQuality: 'exact',
    firstSeenAt: seen.firstAt,
    lastSeenAt: seen.lastAt,
  }
}

/**
 * The context that says that a cluster is not seen: nothing of it can resolve meanwhile, and nothing new is known. Undefined where it was
 * always seen.
 */
export const blindContext = (
  cluster: string,
  [first, ...more]: readonly Spell[],
  rule: Pick<ProblemRule, 'title' | 'severity'>,
  cause: Derived['cause'],
): Derived | undefined => {
  if (first === undefined) return undefined
  const last = more.at(-1) ?? first
  const owner = { kind: 'Cluster', name: cluster, by: 'self' } as const
  const text = saidOf(cluster, last)
  const touch = {
    how: 'is',
    thing: thingId('Cluster', '', cluster),
    why: 'it is the cluster',
  } as const
  const why = `${BLIND} is ${rule.severity} in the catalogue`
  return {
    key: incidentKey({ cluster, namespace: '', kind: owner.kind, name: cluster, problem: BLIND }),
    cluster,
    namespace: '',
    owner,
    problem: BLIND,
    title: rule.title
      .replaceAll('{owner}', `${owner.kind}/${cluster}`)
      .replaceAll('{name}', cluster),
    severity: rule.severity,
    severityTerms: [{ term: 'base', points: BASE_POINTS[rule.severity], why }],
    ...countsOf([first, ...more], text),
    ...NOTHING_OF_WORKLOADS,
    evidence: [evidence({ kind: 'state', text, at: last.from, records: [cause] })],
    spells: [first, ...more],
    facets: [`${touch.how}:${touch.thing}`],
    touches: [touch],
    cause,
  }
}
