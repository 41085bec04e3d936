import type { EventHead, Telling } from '@kubesift/contracts'

/** What a Deployment controller's Event tells of a ReplicaSet: that it grew from nothing (a revision began), shrank to nothing, or neither. */
export interface Grown {
  readonly replicaSet: string
  readonly at: number
  /** Absent: it grew from nothing. */
  readonly how?: 'left' | 'between'
}

const KEPT = 32
const SCALED = /Scaled (?:up|down) replica set (\S+) (?:from (\d+) )?to (\d+)/

/** What the text of a ScalingReplicaSet Event says; before Kubernetes 1.25 it did not name the number before. */
export const scalingIn = (message: string): Omit<Grown, 'at'> | undefined => {
  const match = SCALED.exec(message)
  if (match === null) return undefined
  const [, replicaSet = '', from, to] = match
  if (to === '0') return { replicaSet, how: 'left' }
  return from === '0' ? { replicaSet } : { replicaSet, how: 'between' }
}

/**
 * Read from each record's text at once: an Event that combines several ("combined from similar events") keeps only the newest text,
 * and the first may have been the one that told of the revision.
 */
export const grownOf = (event: EventHead, tellings: readonly Telling[]): readonly Grown[] => {
  if (event.reason !== 'ScalingReplicaSet') return []
  const scaling = scalingIn(event.message)
  if (scaling === undefined) return []
  const told = tellings.reduce((at, telling) => Math.min(at, telling.at), Infinity)
  return [{ ...scaling, at: event.combined === true ? told : event.firstAt }]
}

const keyOf = ({ replicaSet, how }: Grown): string => `${how ?? ''}/${replicaSet}`

/** Union by what is told, with the earliest time, then the first few: both steps commute with further unions. */
export const joinGrown = (a: readonly Grown[], b: readonly Grown[]): readonly Grown[] => {
  if (b.length === 0) return a
  if (a.length === 0) return b
  const byKey = new Map<string, Grown>()
  for (const grown of [...a, ...b]) {
    const before = byKey.get(keyOf(grown))
    if (before === undefined || grown.at < before.at) byKey.set(keyOf(grown), grown)
  }
  return [...byKey.values()].sort((x, y) => (keyOf(x) < keyOf(y) ? -1 : 1)).slice(0, KEPT)
}
