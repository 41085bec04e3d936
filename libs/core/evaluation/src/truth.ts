import { z } from 'zod'
import type { Expectation, ExpectedGroup } from './expectation.ts'
import { fullOwner } from './owners.ts'

const when = z.union([z.iso.datetime(), z.date().transform((d) => d.toISOString())])

const cause = z.looseObject({
  owner: z.string(),
  namespace: z.string(),
  problem: z.array(z.string()),
  class: z.string(),
  class_also: z.array(z.string()).default([]),
  owner_also: z.array(z.string()).default([]),
  problem_events_only: z.array(z.string()).default([]),
  severity: z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional(),
})

const change = z.looseObject({ kind: z.string(), object: z.string(), at: when.nullable() })

const group = z.looseObject({
  id: z.string(),
  cause,
  change: change.optional(),
  affected: z.array(z.string()),
  recovered_at: when.nullable(),
  optional: z.boolean().default(false),
  may_stay_open: z.array(z.string()).default([]),
})

const eventCount = z.looseObject({
  namespace: z.string().optional(),
  owner: z.string(),
  reason: z.string(),
  type: z.string().default('Warning'),
  sum: z.int(),
  uids: z.int(),
  lifted: z.boolean().default(true),
})

const truthSchema = z.looseObject({
  scenario: z.string(),
  namespace: z.string().optional(),
  namespaces: z.array(z.string()).optional(),
  start: when,
  end: when,
  expected: z.looseObject({
    groups: z.array(group),
    benign: z.array(z.string()).default([]),
    ignore: z.array(z.string()).default([]),
    no_incident_at_all: z.boolean().default(false),
    no_data: z.boolean().default(false),
    event_counts: z.array(eventCount).default([]),
    notes: z.array(z.string()).default([]),
  }),
})

/** What happened in a recorded scenario and what a pipeline is expected to find: the content of a `truth.yaml`. */
export type Truth = z.infer<typeof truthSchema>
type TruthGroup = Truth['expected']['groups'][number]

/** The door for a parsed `truth.yaml`; throws a readable error for what is none. */
export const parseTruth = (value: unknown): Truth => {
  const parsed = truthSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Error(`not a truth.yaml: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`)
}

const groupOf = (truth: Truth, g: TruthGroup, objects: boolean): ExpectedGroup => {
  const full = (owner: string): string => fullOwner(owner, truth.namespace)
  const { at = null, ...change } = g.change ?? { kind: 'none', object: '' }
  return {
    id: g.id,
    owners: [g.cause.owner, ...g.cause.owner_also].map((o) => fullOwner(o, g.cause.namespace)),
    objects: [],
    problems: [...g.cause.problem, ...(objects ? [] : g.cause.problem_events_only)],
    classes: [g.cause.class, ...g.cause.class_also],
    affected: g.affected.map(full),
    optional: g.optional,
    recovered: g.recovered_at !== null,
    recoveredAt: g.recovered_at,
    mayStayOpen: g.may_stay_open.map(full),
    change:
      change.kind === 'none' || at === null
        ? null
        : {
            kind: change.kind,
            object: fullOwner(change.object, truth.namespace ?? g.cause.namespace),
            at,
          },
    severities: g.cause.severity ?? null,
  }
}

/** The truth as it is judged by. Without an object stream (`objects`) the classes that Events alone can give are acceptable too. */
export const expectationOfTruth = (truth: Truth, objects: boolean): Expectation => ({
  groups: truth.expected.groups.map((g) => groupOf(truth, g, objects)),
  ignore: truth.expected.ignore.map((o) => fullOwner(o, truth.namespace)),
  nothing: truth.expected.no_incident_at_all ? 'never' : 'as-grouped',
  owned: truth.expected.event_counts
    .filter(({ lifted }) => lifted)
    .map(({ owner, namespace, reason, type }) => ({
      owner: fullOwner(owner, namespace ?? truth.namespace),
      reason,
      type,
    })),
})
