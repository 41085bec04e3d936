import { Random } from './random.ts'
import type { Said } from './records.ts'

/** What the way from a cluster to us does to what is said. Shares are from 0 to 1. */
export interface Disorder {
  readonly seed: number
  /** This share comes a second time. */
  readonly duplicates: number
  /** This share comes late, by up to `lateMs`. */
  readonly late: number
  readonly lateMs: number
  /** Of this share of pods no object ever comes: their owners are known by their names alone. */
  readonly unseenPods: number
}

const podOf = (said: Said): string | undefined => {
  if (said.t !== 'object' || said.object['kind'] !== 'Pod') return undefined
  return (said.object['metadata'] as { readonly uid?: string }).uid
}

/** The same, in the order of arrival. Nothing is lost but the objects of pods that were asked to stay unseen. */
export const disordered = (all: readonly Said[], disorder: Disorder): Said[] => {
  const random = new Random(disorder.seed)
  const unseen = new Map<string, boolean>()
  const isUnseen = (uid: string): boolean => {
    const known = unseen.get(uid)
    if (known !== undefined) return known
    const drawn = random.chance(disorder.unseenPods)
    unseen.set(uid, drawn)
    return drawn
  }
  const late = (at: number): number =>
    random.chance(disorder.late) ? at + random.int(0, disorder.lateMs) : at
  const arriving = all.flatMap((said) => {
    const uid = podOf(said)
    if (uid !== undefined && isUnseen(uid)) return []
    const once = { said, at: late(said.at) }
    return random.chance(disorder.duplicates)
      ? [once, { said, at: late(said.at) + random.int(0, 5_000) }]
      : [once]
  })
  return arriving.sort((a, b) => a.at - b.at).map(({ said }) => said)
}
