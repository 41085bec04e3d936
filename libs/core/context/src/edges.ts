import type { ObjectFact } from './object-fact.ts'
import { tierOf } from './sensitivity.ts'

/** A report about many things, which have no other way to it. */
export const isShared = ({ object: { report } }: ObjectFact): boolean =>
  report?.items.some((item) => item.of !== undefined) ?? false

/** Kinds of which a change of what is set in them concerns others of the namespace. */
export const CONCERNS: ReadonlySet<string> = new Set([
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'HorizontalPodAutoscaler',
  'ConfigMap',
  'Secret',
  'PersistentVolumeClaim',
  'Service',
])
/** Kinds that stand behind Services: who calls them asks when they were changed. */
export const CALLED: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
])

/**
 * What of an object others read: whom they talk to, what is set in it, what is said of them, and how much they matter. As long as it stays
 * the same, a new version of the object touches only its own owner.
 */
export const edgesOf = (fact: ObjectFact | undefined): string => {
  if (fact === undefined) return ''
  const { object, settings, deletedAt, revisions } = fact
  const { kind, service, calls } = object
  if (kind === 'Namespace') return tierOf(object)
  if (CALLED.has(kind)) return revisions.map(({ generation, at }) => `${generation}@${at}`).join()
  const report = isShared(fact) ? object.report : undefined
  const said = [service, calls, report, ...(CONCERNS.has(kind) ? [settings, deletedAt] : [])]
  return said.every((part) => part === undefined) ? '' : JSON.stringify(said)
}
