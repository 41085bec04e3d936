import type { SlimObject } from '@kubesift/contracts'
import { contentId } from '../hash.ts'
import { compact, str, stringMap, sub, type Json } from '../pick.ts'
import { dataEndpoints } from './endpoints.ts'
import { conditionsOf, headOf } from './head.ts'
import { deliveryConditions } from './delivery.ts'
import { podOf } from './pod.ts'
import { reportOf } from './report.ts'
import { settingsOf } from './settings.ts'
import { jobOf, WORKLOAD_KINDS, workloadOf } from './workload.ts'

/**
 * Key → short hash of the value. 32 bits tell a change and give nothing to a dictionary attack. Where our agent has already replaced
 * the value by a hash, this is the hash of that.
 */
const hashedData = (object: Json): Record<string, string> => {
  const all = {
    ...stringMap(sub(object, 'binaryData'), undefined, 256, 65_536),
    ...stringMap(sub(object, 'data'), undefined, 256, 65_536),
  }
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [key, contentId(value).slice(0, 8)]),
  )
}

/** A PVC's or Namespace's phase, told as a condition, so that one reader serves all. */
const phaseAsCondition = (object: Json): SlimObject['conditions'] => {
  const phase = str(sub(object, 'status'), 'phase')
  return phase === undefined ? {} : { Phase: { status: phase } }
}

type Section = (object: Json, head: SlimObject) => Partial<SlimObject>

const workload: Section = (object, head) => ({ workload: workloadOf(object, head) })
const conditions: Section = (object) => ({ conditions: conditionsOf(sub(object, 'status')) })
const phase: Section = (object) => ({
  conditions: { ...phaseAsCondition(object), ...conditionsOf(sub(object, 'status')) },
})

/** What its controller says of any other kind: operators, GitOps and certificates all speak in conditions. */
const conditionsIfAny: Section = (object) => {
  const found = { ...phaseAsCondition(object), ...conditionsOf(sub(object, 'status')) }
  return Object.keys(found).length === 0 ? {} : { conditions: found }
}

/** A map, not an object: a kind is foreign text, and `toString` must not find what every object has. */
const SECTIONS: ReadonlyMap<string, Section> = new Map(
  Object.entries<Section>({
    Pod: (object, head) => ({ pod: podOf(object, head) }),
    ...Object.fromEntries([...WORKLOAD_KINDS].map((kind) => [kind, workload])),
    Job: (object) => ({ job: jobOf(object) }),
    CronJob: (object) => ({ job: jobOf(object) }),
    Node: conditions,
    HorizontalPodAutoscaler: conditions,
    PersistentVolumeClaim: phase,
    PersistentVolume: phase,
    Namespace: phase,
    ResourceQuota: (object) => ({
      quota: {
        hard: stringMap(sub(sub(object, 'status'), 'hard')),
        used: stringMap(sub(sub(object, 'status'), 'used')),
      },
    }),
    ConfigMap: (object) => {
      const calls = dataEndpoints(object)
      return { data: hashedData(object), ...(calls.length === 0 ? {} : { calls }) }
    },
    Service: (object) => ({
      service: { selector: stringMap(sub(sub(object, 'spec'), 'selector')) },
    }),
    // Secrets are not watched; should one arrive, only its key names with hashes go on.
    Secret: (object) => ({ data: hashedData(object) }),
  }),
)

/** A kind that is none of Kubernetes' own: a report, a release, or whatever says its state in conditions. */
const addOn: Section = (object, head) =>
  reportOf(object, head) ?? deliveryConditions(object, head) ?? conditionsIfAny(object, head)

/** The part of a Kubernetes object that derivations read, or undefined where it has no kind, name or UID. */
export const slimObject = (object: Json): SlimObject | undefined => {
  const head = headOf(object)
  if (head === undefined) return undefined
  const section = SECTIONS.get(head.kind) ?? addOn
  const settings = settingsOf(object, head.kind)
  return compact({ ...head, ...section(object, head), settings }) as SlimObject
}
