import { diff, MAX_FIELDS, say, type Draft } from './change-drafts.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OwnerView } from './owner-view.ts'

interface Run {
  readonly fact: ObjectFact
  readonly at: number
  readonly values: Readonly<Record<string, string>>
}

const runsOf = (jobs: readonly ObjectFact[]): Run[] =>
  jobs
    .flatMap((fact) => {
      const [first] = fact.settings ?? []
      const at = fact.object.createdAt
      return first === undefined || at === undefined ? [] : [{ fact, at, values: first.values }]
    })
    .sort((a, b) => a.at - b.at || (a.fact.uid < b.fact.uid ? -1 : 1))

/**
 * Changes of a CronJob by its runs, where its own versions do not tell them: each run is made of the template of its time, so what one has
 * and the one before had not was set between the two.
 */
export const runChanges = ({ owner, namespace, own, jobs }: OwnerView): Draft[] => {
  if (owner.kind !== 'CronJob' || own.some(({ settings = [] }) => settings.length > 1)) return []
  const runs = runsOf(jobs)
  return runs.flatMap((after, i): Draft[] => {
    const before = runs[i - 1]
    if (before === undefined) return []
    const fields = diff(before.values, after.values)
    if (fields.length === 0) return []
    const rollback = runs.slice(0, i - 1).some((r) => diff(r.values, after.values).length === 0)
    return [
      {
        kind: 'rollout',
        object: { kind: owner.kind, namespace, name: owner.name },
        at: before.at,
        until: after.at,
        ...(rollback ? { rollback } : {}),
        summary: `${rollback ? 'rolled back: ' : ''}${say(fields)}`,
        fields: fields.slice(0, MAX_FIELDS),
        records: after.fact.records,
      },
    ]
  })
}
