import type { BlastRadius } from '@kubesift/contracts'
import type { Groupable } from './groupable.ts'

/** Cluster, namespace, kind and name of an incident key, as they stand in it (percent-encoded). */
const ownerOf = (key: string): string => key.slice(0, key.lastIndexOf('/'))
const namespaceOf = (key: string): string => key.split('/')[1] ?? ''

/**
 * What else a cause has hit: the workloads of its group beside its own, and the namespaces that the whole group is in. Undefined where
 * nothing else is hit. A function of the members alone, so it is the same in any order of arrival.
 */
export const blastRadiusOf = (
  primary: Pick<Groupable, 'key'>,
  members: readonly Pick<Groupable, 'key'>[],
): BlastRadius | undefined => {
  const owners = new Set(members.map(({ key }) => ownerOf(key)))
  owners.delete(ownerOf(primary.key))
  if (owners.size === 0) return undefined
  const namespaces = new Set([primary, ...members].map(({ key }) => namespaceOf(key)))
  namespaces.delete('')
  return { workloads: owners.size, namespaces: namespaces.size }
}
