import { contentId } from '@kubesift/core-signal'
import { diff, MAX_FIELDS, refOf, say, type Draft } from './change-drafts.ts'
import type { ObjectFact } from './object-fact.ts'
import { inOrder, setAt, type Setting } from './settings.ts'

/** Only people and their tools write the specs of these; what stands in others is written by controllers, too. */
const HAND_WRITTEN: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Secret',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
])
/** Creation and writing are told in whole seconds, by two hands. */
const AT_ONCE_MS = 2_000

/** What our agent leaves of each value where it has no key to hash with (otel-collector, redaction): its keys can be told apart, its values not. */
const UNTOLD = contentId('redacted').slice(0, 8)

const isUntold = ({ values }: Setting): boolean => Object.values(values).includes(UNTOLD)

/** What of a CronJob is no part of its runs. */
const OF_SCHEDULE: ReadonlySet<string> = new Set([
  'schedule',
  'timeZone',
  'concurrencyPolicy',
  'suspend',
])

const kindOf = ({ object: { kind } }: ObjectFact, fields: Draft['fields'] = []): Draft['kind'] => {
  if (kind === 'Node') return 'node'
  return kind === 'CronJob' && fields.some(({ path }) => !OF_SCHEDULE.has(path))
    ? 'rollout'
    : 'config'
}

const draft = (
  fact: ObjectFact,
  at: number,
  more: Pick<Draft, 'summary'> & Partial<Draft>,
): Draft => ({
  kind: kindOf(fact, more.fields),
  object: refOf(fact.object),
  at,
  fields: [],
  ...more,
})

const writer = ({ manager }: Setting): Pick<Draft, 'by'> =>
  manager === undefined ? {} : { by: manager }

const between = (fact: ObjectFact, before: Setting, after: Setting): Draft[] => {
  const fields = diff(before.values, after.values)
  const at = setAt(after, before)
  if (fields.length > 0)
    return [
      draft(fact, at, {
        ...writer(after),
        summary: say(fields),
        fields: fields.slice(0, MAX_FIELDS),
      }),
    ]
  const rewritten = after.writtenAt !== before.writtenAt && isUntold(after)
  return rewritten
    ? [
        draft(fact, at, {
          ...writer(after),
          summary: 'written anew, with the same keys; values are not told',
        }),
      ]
    : []
}

/** Changes of what is set in an object, as far as its versions tell. */
export const settingChanges = (fact: ObjectFact): Draft[] => {
  const settings = inOrder(fact.settings ?? [])
  return settings.flatMap((after, i) => {
    const before = settings[i - 1]
    return before === undefined ? [] : between(fact, before, after)
  })
}

/** Of a thing that is not the owner itself: that it was made, taken away, or written before it was first seen, too. */
export const lifeChanges = (fact: ObjectFact): Draft[] => {
  const { createdAt, kind } = fact.object
  const [first] = inOrder(fact.settings ?? [])
  const wrote = first?.writtenAt
  const isFirst = wrote === undefined || createdAt === undefined || wrote - createdAt <= AT_ONCE_MS
  const made =
    createdAt === undefined
      ? []
      : [
          draft(fact, createdAt, {
            ...(first === undefined || !isFirst ? {} : writer(first)),
            kind: 'created',
            summary: 'created',
          }),
        ]
  const written =
    first === undefined || isFirst || !HAND_WRITTEN.has(kind)
      ? []
      : [
          draft(fact, wrote, {
            ...writer(first),
            summary: 'written; what stood there before is not known',
          }),
        ]
  const gone =
    fact.deletedAt === undefined
      ? []
      : [draft(fact, fact.object.deletingAt ?? fact.deletedAt, { summary: 'deleted' })]
  return [...made, ...written, ...settingChanges(fact), ...gone]
}
