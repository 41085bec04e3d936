import { refOf, type Draft } from './change-drafts.ts'
import type { EventFact } from './event-fact.ts'
import type { ObjectFact, Transition } from './object-fact.ts'
import { settingChanges } from './setting-changes.ts'

/** Conditions of a node whose being true is trouble: the kubelet's own, and node-problem-detector's (config/*.json). */
const BAD =
  /Pressure$|^NetworkUnavailable$|Deadlock$|^ReadonlyFilesystem$|^Frequent|^Corrupt|Unhealthy$|Problem$|^XfsShutdown$|^Cper/

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

const saying = ({ reason }: Transition): string => (reason === '' ? '' : ` (${reason})`)

const ofTransition = (fact: ObjectFact, to: Transition): Draft[] => {
  const base = { kind: 'node' as const, object: refOf(fact.object), fields: [] }
  if (to.type !== 'Ready')
    return BAD.test(to.type) && to.status === 'True'
      ? [{ ...base, at: to.at, summary: `${to.type} -> True${saying(to)}` }]
      : []
  if (to.status === 'True') return []
  const { heardAt } = to
  if (to.status !== 'Unknown' || heardAt === undefined || heardAt >= to.at)
    return [{ ...base, at: to.at, summary: `Ready -> ${to.status}${saying(to)}` }]
  // Nobody saw it stop: it was after its last heartbeat and before it was missed.
  return [
    {
      ...base,
      at: heardAt,
      until: to.at,
      summary: `Ready -> Unknown${saying(to)}: last heartbeat ${seconds(to.at - heardAt)} before it was missed`,
    },
  ]
}

/** What has changed at a node: whether it answers, its conditions, and what is set there (cordon, taints, labels, sizes, versions). */
export const nodeChanges = (fact: ObjectFact): Draft[] => [
  ...fact.transitions.flatMap((t) => ofTransition(fact, t)),
  ...settingChanges(fact),
]

/** The order must not depend on the arrival. */
const byTime = (a: EventFact, b: EventFact): number =>
  a.firstAt - b.firstAt || (a.uid < b.uid ? -1 : 1)

/** The node controller's Event about each pod of a node that it misses. */
const MISSED = 'NodeNotReady'

/** What the pods of an owner say of their nodes: where a node was missed, its pods are told so one by one. */
export const nodesMissed = (
  symptoms: readonly EventFact[],
  pods: readonly ObjectFact[],
): Draft[] => {
  const missed = symptoms.filter(
    ({ reason, involved }) => reason === MISSED && involved.kind === 'Pod',
  )
  if (missed.length === 0) return []
  const nodeOf = new Map(
    pods.flatMap(({ uid, object: { name, pod } }) =>
      pod?.node === undefined ? [] : [[uid, pod.node] as const, [name, pod.node] as const],
    ),
  )
  const first = new Map<string, EventFact>()
  for (const fact of missed) {
    const node = nodeOf.get(fact.involved.uid ?? fact.involved.name)
    if (node === undefined) continue
    const before = first.get(node)
    if (before === undefined || byTime(before, fact) > 0) first.set(node, fact)
  }
  return [...first]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { firstAt, involved }]) => ({
      kind: 'node',
      object: { kind: 'Node', namespace: '', name },
      at: firstAt,
      summary: `Node ${name} stopped answering: its pods were marked as not ready`,
      fields: [],
      via: `${involved.name} runs on it`,
    }))
}
