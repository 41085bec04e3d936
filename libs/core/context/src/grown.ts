import type { EventHead, Telling } from '@kubesift/contracts'

/** A ReplicaSet that a Deployment controller grew from nothing: a new revision began. */
export interface Grown {
  readonly replicaSet: string
  readonly at: number
}

const KEPT = 16
const FROM_NOTHING = /Scaled up replica set (\S+) from 0 to \d+/

/**
 * Read from each record's text at once: an Event that combines several ("combined from similar events") keeps only the newest text,
 * and the first may have been the one that told of the revision.
 */
export const grownOf = (event: EventHead, tellings: readonly Telling[]): readonly Grown[] => {
  if (event.reason !== 'ScalingReplicaSet') return []
  const match = FROM_NOTHING.exec(event.message)
  if (match === null) return []
  const told = tellings.reduce((at, telling) => Math.min(at, telling.at), Infinity)
  return [{ replicaSet: match[1]!, at: event.combined === true ? told : event.firstAt }]
}

/** Union by name with the earliest time, then the first few names: both steps commute with further unions. */
export const joinGrown = (a: readonly Grown[], b: readonly Grown[]): readonly Grown[] => {
  if (b.length === 0) return a
  if (a.length === 0) return b
  const byName = new Map(a.map((g) => [g.replicaSet, g.at]))
  for (const g of b) byName.set(g.replicaSet, Math.min(byName.get(g.replicaSet) ?? g.at, g.at))
  return [...byName]
    .map(([replicaSet, at]) => ({ replicaSet, at }))
    .sort((x, y) => (x.replicaSet < y.replicaSet ? -1 : 1))
    .slice(0, KEPT)
}
