import { signals } from '@kubesift/contracts'
import {
  BLIND,
  blindContext,
  blindSpellsOf,
  type Classifier,
  type Clock,
  type Settled,
} from '@kubesift/core-context'

/** For catalogues of one's own that say nothing of clusters that are not seen. */
const UNLISTED = {
  title: 'Cluster {name} is not seen: nothing of it arrives',
  severity: 'P2',
} as const

/** The context of a cluster that is, or was, not seen; undefined for one that always was. `at` is the progress record that says so. */
export const blindOf = (
  cluster: string,
  clock: Clock,
  classifier: Classifier,
  at: { readonly partition: number; readonly offset: number },
): Settled['contexts'][number] | undefined =>
  blindContext(cluster, blindSpellsOf(clock, cluster), classifier.rules.get(BLIND) ?? UNLISTED, {
    topic: signals.topic,
    ...at,
  })
