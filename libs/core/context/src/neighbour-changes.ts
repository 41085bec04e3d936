import type { Draft } from './change-drafts.ts'
import type { Neighbour } from './neighbours.ts'
import { lifeChanges } from './setting-changes.ts'

/** Problems that pods have by what the network lets through. */
const BY_NETWORK: ReadonlySet<string> = new Set([
  'ProbeFailure',
  'CrashLoop',
  'JobFailure',
  'RolloutStuck',
  'Unavailable',
  'Network',
  'Dns',
  'Mesh',
])
const BY_SCALE: ReadonlySet<string> = new Set([
  'QuotaExceeded',
  'Scheduling',
  'Autoscaling',
  'RolloutStuck',
  'Unavailable',
])
const BY_LIMITS: ReadonlySet<string> = new Set(['QuotaExceeded', 'Admission', 'OutOfMemory'])
const BY_VOLUME: ReadonlySet<string> = new Set([
  'VolumeMount',
  'Scheduling',
  'Storage',
  'StorageFull',
])
/** Problems that come before, or beside, what a container reads. */
const NOT_BY_DATA: ReadonlySet<string> = new Set([
  'Scheduling',
  'QuotaExceeded',
  'Admission',
  'Autoscaling',
  'Eviction',
  'PodSandbox',
  'Storage',
  'StorageFull',
  'NodeNotReady',
  'NodeLost',
  'NodePressure',
])

const QUOTA = /exceeded quota: ([a-z0-9.-]+)/g

/** A trouble, as far as it says what could explain it. */
export interface Explained {
  readonly problem: string
  /** Asked for only where it matters: there may be many. */
  readonly messages: () => ReadonlySet<string>
}

const quotasOf = (messages: ReadonlySet<string>): Set<string> =>
  new Set([...messages].flatMap((m) => [...m.matchAll(QUOTA)].map(([, name]) => name!)))

const canExplain = (
  { fact: { object }, via }: Neighbour,
  { problem, messages }: Explained,
): boolean => {
  switch (object.kind) {
    case 'ResourceQuota': {
      if (problem !== 'QuotaExceeded') return false
      const named = quotasOf(messages())
      return named.size === 0 || named.has(object.name)
    }
    case 'LimitRange':
      return BY_LIMITS.has(problem)
    case 'NetworkPolicy':
      return BY_NETWORK.has(problem)
    case 'HorizontalPodAutoscaler':
      return BY_SCALE.has(problem)
    case 'PersistentVolumeClaim':
      return BY_VOLUME.has(problem)
    case 'Secret':
      return problem === 'ImagePull' ? via.includes('pull secrets') : !NOT_BY_DATA.has(problem)
    default:
      return problem !== 'ImagePull' && !NOT_BY_DATA.has(problem)
  }
}

/** The changes of what concerns an owner, where they can explain this trouble of it. */
export const neighbourChanges = (neighbours: readonly Neighbour[], explained: Explained): Draft[] =>
  neighbours
    .filter((neighbour) => canExplain(neighbour, explained))
    .flatMap(({ fact, via }) =>
      lifeChanges(fact).map((draft) => ({ ...draft, via, records: fact.records })),
    )
