import { signals } from '@kubesift/contracts'
import {
  BLIND,
  blindContext,
  blindSpellsOf,
  deafContext,
  deafSpellsOf,
  type Classifier,
  type Clock,
  type Settled,
} from '@kubesift/core-context'

/** For catalogues of one's own that say nothing of clusters that are not seen. */
const UNLISTED = {
  title: 'Cluster {name} is not seen: nothing of it arrives',
  severity: 'P2',
} as const

/**
 * The contexts of a cluster that is, or was, not seen, or whose Events are not heard; none for one that always was. `at` is the progress
 * record that says so.
 */
export const blindOf = (
  cluster: string,
  clock: Clock,
  classifier: Classifier,
  at: { readonly partition: number; readonly offset: number },
): Settled['contexts'][number][] => {
  const rule = classifier.rules.get(BLIND) ?? UNLISTED
  const cause = { topic: signals.topic, ...at }
  return [
    blindContext(cluster, blindSpellsOf(clock, cluster), rule, cause),
    deafContext(cluster, deafSpellsOf(clock, cluster), rule, cause),
  ].filter((context) => context !== undefined)
}

/** The clusters of which something else is not seen or heard than before. */
export const unseenAnew = (before: Clock, now: Clock): string[] =>
  [...new Set([...Object.keys(now.blind ?? {}), ...Object.keys(now.deaf ?? {})])].filter(
    (cluster) =>
      blindSpellsOf(before, cluster) !== blindSpellsOf(now, cluster) ||
      deafSpellsOf(before, cluster) !== deafSpellsOf(now, cluster),
  )
