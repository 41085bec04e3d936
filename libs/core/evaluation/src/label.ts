import { z } from 'zod'
import type { Expectation, ExpectedGroup } from './expectation.ts'
import type { WarningEvent } from './found.ts'
import { matches } from './owners.ts'

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())])

const labelSchema = z.looseObject({
  id: z.string(),
  faulty_entity: texts.nullish(),
  cause_class: z.string().nullish(),
  grouping: z.string().nullish(),
  severity: texts.nullish(),
  evidence_level: z.string().nullish(),
})

/** The content of a `label.json`. */
export type Label = z.infer<typeof labelSchema>

const groupingSchema = z.looseObject({
  incidents: z.array(
    z.looseObject({
      incident: z.string(),
      cause_class: z.string().nullish(),
      faulty_entity: z.string(),
      event_uids: z.array(z.string()),
      is_incident: z.boolean().default(true),
    }),
  ),
})

/** The content of an `expected_grouping.json`: which Events, by UID, are of one incident. */
export type ExpectedGrouping = z.infer<typeof groupingSchema>

const door =
  <T>(schema: z.ZodType<T>, name: string) =>
  (value: unknown): T => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    throw new Error(`not ${name}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`)
  }

/** The door for a parsed `label.json`; throws a readable error for what is none. */
export const parseLabel = door(labelSchema, 'a label.json')
/** The same for `expected_grouping.json`. */
export const parseGrouping = door(groupingSchema, 'an expected_grouping.json')

const KIND = /^[A-Z][A-Za-z]+$/
/** What people seldom deploy as such: a label that names one says nothing of the owner. */
const NOT_DEPLOYED = new Set(['Pod', 'ReplicaSet'])
/** A label may name one of these where an incident names what it is of. */
const LIFTED = new Set([...NOT_DEPLOYED, 'Job'])

/**
 * An entity as labels write it, as a pattern of owners: `Kind/namespace/name`, where the namespace may be `-`; `Kind/name`; the name of a
 * pod alone; the last of `cause -> effect`. Undefined for prose and for kinds without a name.
 */
export const entityOf = (text: string): string | undefined => {
  const last = text.split('->').at(-1)?.trim() ?? ''
  if (/\s/.test(last)) return undefined
  const parts = last.split('/')
  const [kind = '', ...rest] = parts
  const name = rest.at(-1)
  if (parts.length === 1)
    return /^[a-z0-9][a-z0-9.-]*$/.test(kind) && /\d/.test(kind) ? `*/Pod/${kind}` : undefined
  if (!KIND.test(kind) || name === undefined || KIND.test(name)) return undefined
  const namespace = rest.length > 1 && rest[0] !== '-' ? rest[0]! : '*'
  return `${namespace}/${kind}/${name}`
}

/** The problems that a class of the labels' authors can show as; what is not here may be any. */
const PROBLEMS: Readonly<Record<string, readonly string[]>> = {
  crashloop: ['CrashLoop', 'OutOfMemory', 'Config'],
  'missing-env': ['CrashLoop', 'Config'],
  'image-pull': ['ImagePull'],
  'job-backoff': ['JobFailure', 'CrashLoop', 'OutOfMemory'],
  'dependency-unreachable': ['JobFailure', 'CrashLoop', 'ProbeFailure'],
  'node-selector': ['Scheduling'],
  'insufficient-resources': ['Scheduling'],
  'host-port-conflict': ['Scheduling'],
  'anti-affinity': ['Scheduling'],
  pending_pod: ['Scheduling'],
  'readiness-probe': ['ProbeFailure'],
  'liveness-probe': ['ProbeFailure', 'CrashLoop'],
  probe_failure: ['ProbeFailure', 'CrashLoop'],
  oom_killed: ['OutOfMemory', 'CrashLoop'],
  'failed-mount': ['VolumeMount'],
  'init-container-crash': ['CrashLoop', 'Config'],
  'container-create-error': ['CrashLoop', 'Config'],
}

const groupOf = (
  id: string,
  entities: readonly string[],
  { cause_class: cause, severity }: Pick<Label, 'cause_class' | 'severity'>,
): ExpectedGroup => ({
  id,
  owners: entities,
  objects: entities.filter((entity) => LIFTED.has(kindOf(entity))),
  problems: PROBLEMS[cause ?? ''] ?? null,
  classes: [],
  affected: [],
  optional: false,
  recovered: null,
  recoveredAt: null,
  mayStayOpen: [],
  change: null,
  severities: severity ?? null,
})

const kindOf = (owner: string): string => owner.split('/')[1] ?? ''
const nameOf = (owner: string): string => owner.slice(owner.lastIndexOf('/') + 1)

/** Whether an object is the entity itself, or by its name one of the pods or runs that it has. */
const isOf = (entity: string, object: string): boolean =>
  matches(entity, object) || nameOf(object).startsWith(`${nameOf(entity)}-`)

/** Whether the label describes a cluster in which all is well in the end. */
export const isHealthy = ({ cause_class: cause }: Label): boolean =>
  cause === 'healthy' || cause === 'install-noise'

/** What is expected of a cluster whose final state is healthy: whatever opened has closed. */
export const HEALTHY: Expectation = { groups: [], ignore: [], nothing: 'at-the-end', owned: [] }

/** A label as it is judged by, or why it cannot be judged by. */
export type Labelled =
  | { readonly ok: true; readonly expectation: Expectation }
  | { readonly ok: false; readonly why: string }

/** What a `label.json` expects of an input that has these Warning Events. */
export const expectationOfLabel = (label: Label, warnings: readonly WarningEvent[]): Labelled => {
  if (isHealthy(label)) return { ok: true, expectation: HEALTHY }
  const entities = (label.faulty_entity ?? []).flatMap((text) => entityOf(text) ?? [])
  if (entities.length === 0) return { ok: false, why: 'its label names no object that is to blame' }
  const evidence = warnings.filter(({ object }) => entities.some((e) => isOf(e, object)))
  if (evidence.length === 0)
    return { ok: false, why: 'none of its Events is a Warning of what its label names' }
  const group = groupOf(label.id, entities, label)
  const [only] = entities
  const owned =
    entities.length > 1 ||
    only === undefined ||
    NOT_DEPLOYED.has(kindOf(only)) ||
    only.startsWith('*')
      ? []
      : [...new Set(evidence.map(({ reason }) => reason))].map((reason) => ({
          owner: only,
          reason,
          type: 'Warning',
        }))
  return {
    ok: true,
    expectation: { groups: [group], ignore: [], nothing: 'as-grouped', owned },
  }
}

/** What an `expected_grouping.json` expects: its Events, by UID, say which objects are of which incident. */
export const expectationOfGrouping = (
  { incidents }: ExpectedGrouping,
  warnings: readonly WarningEvent[],
): Labelled => {
  const real = incidents.filter((i) => i.is_incident)
  const parts = real.flatMap((incident) => {
    const uids = new Set(incident.event_uids)
    const own = warnings.filter(({ uid }) => uids.has(uid))
    const entity = entityOf(incident.faulty_entity)
    return own.length === 0 || entity === undefined ? [] : [{ incident, own, entity }]
  })
  if (parts.length === 0)
    return { ok: false, why: 'none of its Events is a Warning of what its grouping names' }
  return {
    ok: true,
    expectation: {
      groups: parts.map(({ incident, entity }) => groupOf(incident.incident, [entity], incident)),
      ignore: [],
      nothing: 'as-grouped',
      owned: parts.flatMap(({ own, entity }) => {
        const [, kind = '', name] = entity.split('/')
        if (NOT_DEPLOYED.has(kind)) return []
        return [...new Map(own.map((w) => [`${spaceOf(w.object)} ${w.reason}`, w])).values()].map(
          (w) => ({
            owner: `${spaceOf(w.object)}/${kind}/${name}`,
            reason: w.reason,
            type: 'Warning',
          }),
        )
      }),
    },
  }
}

const spaceOf = (owner: string): string => owner.slice(0, owner.indexOf('/'))
