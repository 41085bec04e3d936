import type { Owner } from '@kubesift/contracts'
import { CALLS } from '@kubesift/core-signal'
import { signsOfAlert, type AlertSign } from './alerts.ts'
import type { Classifier } from './classify.ts'
import { dependenciesOf } from './dependencies.ts'
import type { Earlier } from './earlier.ts'
import { ownerId, type Facts } from './facts.ts'
import { isViolation } from './findings.ts'
import { neighboursOf } from './neighbours.ts'
import type { ObjectFact } from './object-fact.ts'
import { asAlert } from './metric-fact.ts'
import type { OtherFact } from './other-facts.ts'
import type { OwnerView } from './owner-view.ts'
import { liftOwner } from './ownership.ts'
import { endOf } from './parts.ts'
import { asEvent, type PatternFact } from './pattern-fact.ts'
import { delivers } from './releases.ts'
import { namespaceObject } from './sensitivity.ts'
import { inSeries } from './series.ts'
import { selects } from './things.ts'

/** The reason of a Deployment controller's Events about its ReplicaSets: no symptom, but they tell of roll-outs. */
export const SCALING = 'ScalingReplicaSet'
/** That of the scheduler's Events about pods that had to go for others: none either, but they tell for whom. */
const PREEMPTED = 'Preempted'

/** Events that are kept although the catalogue knows no problem of them. */
export const TELLING: ReadonlySet<string> = new Set([SCALING, PREEMPTED])

const NONE: ReadonlySet<string> = new Set()
const nothingOf = (owner: Owner) => ({ owner, events: NONE, objects: NONE, others: NONE })

interface Place extends Pick<OwnerView, 'cluster' | 'namespace'> {
  readonly unheard: Owner | undefined
  /** How far series of its Events had counted in what is retired. */
  readonly counted: Earlier['series']
}

/** All that is known of one owner in a namespace, or undefined where nothing is, unless it is `unheard` of and looked at all the same. */
export const viewOf = (
  { cluster, namespace, unheard, counted }: Place,
  facts: Facts,
  classifier: Classifier,
  id: string,
): OwnerView | undefined => {
  const group = facts.membership.byOwner.get(id) ?? (unheard && nothingOf(unheard))
  if (group === undefined) return undefined
  // By UID: what is derived must not depend on the order in which things became known.
  const told = [...group.events].sort().map((uid) => facts.events.get(uid)!)
  const events = inSeries(told, { isShared: facts.events.isShared, counted })
  const objects = [...group.objects].sort().map((uid) => facts.objects.get(uid)!)
  const others = [...group.others].sort().map((other) => facts.others.get(other)!)
  const owner: Owner = group.owner
  const own = facts.named(owner.kind, owner.name).sort((a, b) => (a.uid < b.uid ? -1 : 1))
  const patterns = [...others, ...ofServices(own, facts)].filter((fact) => fact.t === 'pattern')
  const claimed = patterns.filter((fact) => classifier.classify(asEvent(fact)).as === 'problem')
  const pods = objects.filter((o) => o.object.kind === 'Pod')
  const configMaps = configMapsOf(pods, facts)
  return {
    cluster,
    namespace,
    owner,
    symptoms: [...events, ...claimed.map(asEvent)].flatMap((fact) => {
      const result = classifier.classify(fact)
      return result.as === 'problem' ? [{ ...result, fact }] : []
    }),
    alerts: others.flatMap((fact) => signsIn(fact, facts, classifier)),
    metrics: others
      .filter((fact) => fact.t === 'metric')
      .filter((fact) => classifier.metrics.classify(fact).as === 'observed'),
    calls: patterns.filter(isCall),
    patterns: patterns.filter((fact) => !claimed.includes(fact) && !isCall(fact)),
    reports: [...objects.filter(isReport), ...facts.reports()],
    violations: events.filter(isViolation),
    isAbout: ({ kind, name }) => ownerId(liftOwner({ kind, namespace, name }, facts)) === id,
    costs: () => ({ facts: facts.costs.of(owner, facts), isFull: facts.costs.isFull }),
    releases: facts.others.releases().filter((release) =>
      delivers(
        release,
        owner,
        own.map(({ object }) => object),
      ),
    ),
    rolloutEvents: events.filter((f) => f.reason === SCALING && f.involved.kind === owner.kind),
    preemptions: events.filter((f) => f.reason === PREEMPTED && f.involved.kind === 'Pod'),
    own,
    pods,
    replicaSets: objects.filter((o) => o.object.kind === 'ReplicaSet'),
    jobs: objects.filter((o) => o.object.kind === 'Job' && owner.kind !== 'Job'),
    services: facts.ofKind('Service'),
    configMaps,
    dependencies: () => dependenciesOf(namespace, own, configMaps, facts),
    neighbours: () => neighboursOf(owner, { own, pods }, facts),
    sensitivity: classifier.tiers.of(
      namespace,
      namespaceObject(facts.named('Namespace', namespace)),
    ),
  }
}

/** An alert, or a metric beyond its threshold, as what it speaks of. A metric of a pod that is gone is not measured any more. */
const signsIn = (fact: OtherFact, facts: Facts, classifier: Classifier): AlertSign[] => {
  if (fact.t === 'alert') {
    const result = classifier.alerts.classify(fact)
    return result.as === 'problem' ? signsOfAlert(fact, result) : []
  }
  if (fact.t !== 'metric') return []
  const result = classifier.metrics.classify(fact)
  if (result.as !== 'problem') return []
  const { uid } = fact.involved
  return signsOfAlert(
    asAlert(fact, uid === undefined ? Infinity : endOf(facts.objects.get(uid))),
    result,
  )
}

const isCall = ({ pattern }: PatternFact): boolean => pattern.source === CALLS.source

/** What is said of the Services in front of an owner: a caller knows no other name for it. */
const ofServices = (own: readonly ObjectFact[], facts: Facts): OtherFact[] => {
  const templates = own.flatMap((fact) => fact.revisions.map(({ template }) => template))
  return facts.ofKind('Service').flatMap(({ object }) => {
    const said = facts.membership.byOwner.get(`Service/${object.name}`)?.others
    if (said === undefined || said.size === 0) return []
    const { selector = {} } = object.service ?? {}
    return templates.some((template) => selects(selector, template))
      ? [...said].sort().map((id) => facts.others.get(id)!)
      : []
  })
}

/** About one thing, which is its owner. */
const isReport = ({ object: { report } }: ObjectFact): boolean =>
  report?.items.every((item) => item.of === undefined) ?? false

const configMapsOf = (pods: readonly ObjectFact[], facts: Facts): ObjectFact[] => {
  const names = new Set(pods.flatMap((p) => p.object.pod?.configMaps ?? []))
  return [...names].sort().flatMap((name) => facts.named('ConfigMap', name))
}
