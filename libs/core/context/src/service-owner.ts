import type { ObjectRef, Owner } from '@kubesift/contracts'
import type { ObjectFact } from './object-fact.ts'
import { liftOwner, type ObjectsView } from './ownership.ts'
import { selects } from './things.ts'

interface Objects extends ObjectsView {
  readonly objects: ReadonlyMap<string, ObjectFact>
  named(kind: string, name: string): ObjectFact[]
}

/**
 * Whose trouble it is when a Service does not answer: the workload that it selects, where there is exactly one; else the Service's own.
 */
export const ownerBehind = (ref: ObjectRef, facts: Objects): Owner => {
  const own = liftOwner(ref, facts)
  if (ref.kind !== 'Service') return own
  const selectors = facts
    .named('Service', ref.name)
    .filter(({ deletedAt }) => deletedAt === undefined)
    .map(({ object }) => object.service?.selector ?? {})
  if (selectors.length === 0) return own
  const owners = new Map<string, Owner>()
  for (const { object, revisions, deletedAt } of facts.objects.values()) {
    if (deletedAt !== undefined) continue
    if (!revisions.some(({ template }) => selectors.some((s) => selects(s, template)))) continue
    const owner = liftOwner(object, facts)
    owners.set(`${owner.kind}/${owner.name}`, owner)
  }
  const [only] = owners.size === 1 ? [...owners.values()] : []
  return only ?? own
}
