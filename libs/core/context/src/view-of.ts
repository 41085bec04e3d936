import type { Owner } from '@kubesift/contracts'
import type { Classifier } from './classify.ts'
import type { Facts } from './facts.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OwnerView } from './owner-view.ts'
import { namespaceObject } from './sensitivity.ts'

/** The reason of a Deployment controller's Events about its ReplicaSets: no symptom, but they tell of roll-outs. */
export const SCALING = 'ScalingReplicaSet'

/** All that is known of one owner in a namespace, or undefined where nothing is. */
export const viewOf = (
  { cluster, namespace }: Pick<OwnerView, 'cluster' | 'namespace'>,
  facts: Facts,
  classifier: Classifier,
  id: string,
): OwnerView | undefined => {
  const group = facts.membership.byOwner.get(id)
  if (group === undefined) return undefined
  // By UID: what is derived must not depend on the order in which things became known.
  const events = [...group.events].sort().map((uid) => facts.events.get(uid)!)
  const objects = [...group.objects].sort().map((uid) => facts.objects.get(uid)!)
  const owner: Owner = group.owner
  const pods = objects.filter((o) => o.object.kind === 'Pod')
  return {
    cluster,
    namespace,
    owner,
    symptoms: events.flatMap((fact) => {
      const result = classifier.classify(fact)
      return result.as === 'problem' ? [{ ...result, fact }] : []
    }),
    rolloutEvents: events.filter((f) => f.reason === SCALING && f.involved.kind === owner.kind),
    own: facts.named(owner.kind, owner.name).sort((a, b) => (a.uid < b.uid ? -1 : 1)),
    pods,
    replicaSets: objects.filter((o) => o.object.kind === 'ReplicaSet'),
    jobs: objects.filter((o) => o.object.kind === 'Job' && owner.kind !== 'Job'),
    services: facts.services(),
    configMaps: configMapsOf(pods, facts),
    sensitivity: classifier.tiers.of(
      namespace,
      namespaceObject(facts.named('Namespace', namespace)),
    ),
  }
}

const configMapsOf = (pods: readonly ObjectFact[], facts: Facts): ObjectFact[] => {
  const names = new Set(pods.flatMap((p) => p.object.pod?.configMaps ?? []))
  return [...names].sort().flatMap((name) => facts.named('ConfigMap', name))
}
