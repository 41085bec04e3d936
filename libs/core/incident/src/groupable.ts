import type { Context, Incident, Touch } from '@kubesift/contracts'

/** What decides about the group of an incident, and nothing else: it changes seldom, so a store need not look at groups at every count. */
export interface Groupable {
  readonly id: string
  readonly key: string
  readonly cluster: string
  /** How others name it: owner and problem. */
  readonly label: string
  readonly problem: string
  readonly firstSeenAt: number
  /** Only of nodes: those that fail at one time have something in common. */
  readonly lastSeenAt?: number
  readonly endedAt: number | null
  /** Where its trouble began: the roll-out whose pods fail, else its first symptom. */
  readonly beganAt: number
  /** How long before its first symptom its own failing pods were rolled out; absent where they were not. */
  readonly ownChangeMs?: number
  readonly touches: readonly Touch[]
}

/** Not of what it calls. */
const isOwn = ({ of }: Context['changes'][number]): boolean => of === undefined

const beganAt = (changes: Context['changes'], firstSeenAt: number): number => {
  const ats = changes
    .filter(isOwn)
    .filter((c) => c.kind === 'rollout' && c.failingPodsAreNew !== false && c.at <= firstSeenAt)
    .map((c) => c.at)
  return ats.length === 0 ? firstSeenAt : Math.max(...ats)
}

const ownChangeMs = (changes: Context['changes'], firstSeenAt: number): number | undefined => {
  const distances = changes
    .filter((c) => isOwn(c) && c.failingPodsAreNew === true && c.at <= firstSeenAt)
    .map((c) => firstSeenAt - c.at)
  return distances.length === 0 ? undefined : Math.min(...distances)
}

const labelOf = ({ namespace, resourceKind, resourceName, problem }: Incident): string =>
  `${problem} of ${resourceKind} ${namespace === '' ? '' : `${namespace}/`}${resourceName}`

export const groupableOf = (incident: Incident): Groupable => {
  const { id, key, cluster, problem, firstSeenAt, lastSeenAt, resolution, context } = incident
  const own = ownChangeMs(context.changes, firstSeenAt)
  return {
    id,
    key,
    cluster,
    label: labelOf(incident),
    problem,
    firstSeenAt,
    ...(incident.resourceKind === 'Node' ? { lastSeenAt } : {}),
    endedAt: resolution?.at ?? null,
    beganAt: beganAt(context.changes, firstSeenAt),
    ...(own === undefined ? {} : { ownChangeMs: own }),
    touches: context.touches,
  }
}

type Aged = Pick<Groupable, 'id' | 'key' | 'firstSeenAt'>

/** Oldest first; of one instant by key, which is the same in whichever cluster and run, unlike the id. */
export const olderFirst = (a: Aged, b: Aged): number =>
  a.firstSeenAt - b.firstSeenAt || byText(a.key, b.key) || byText(a.id, b.id)

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
