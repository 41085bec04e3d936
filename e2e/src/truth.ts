import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { RECORDINGS } from './scenario.ts'

const when = z.union([z.iso.datetime(), z.date().transform((d) => d.toISOString())])

const cause = z.looseObject({
  owner: z.string(),
  namespace: z.string(),
  problem: z.array(z.string()),
  class: z.string(),
  class_also: z.array(z.string()).default([]),
  owner_also: z.array(z.string()).default([]),
  problem_events_only: z.array(z.string()).default([]),
})

const group = z.looseObject({
  id: z.string(),
  cause,
  affected: z.array(z.string()),
  /** What changed, and when: null or absent where nothing did. */
  change: z.looseObject({ kind: z.string(), at: when.nullish() }).nullish(),
  recovered_at: when.nullable(),
  optional: z.boolean().default(false),
  may_stay_open: z.array(z.string()).default([]),
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
    event_counts: z
      .array(
        z.looseObject({
          namespace: z.string().optional(),
          owner: z.string(),
          reason: z.string(),
          sum: z.int(),
          uids: z.int(),
        }),
      )
      .default([]),
    notes: z.array(z.string()).default([]),
  }),
})

export type Truth = z.infer<typeof truthSchema>
export type TruthGroup = Truth['expected']['groups'][number]

/** What happened in a recorded scenario and what a pipeline is expected to find (captures/README.md describes the format). */
export const loadTruth = (scenario: string): Truth =>
  truthSchema.parse(parse(readFileSync(join(RECORDINGS, scenario, 'truth.yaml'), 'utf8')))

const CLUSTER_SCOPED = new Set(['Node', 'PersistentVolume', 'Namespace'])

/** An owner as `namespace/Kind/name`; without a prefix it is of the scenario's namespace, or cluster-scoped. */
export const fullOwner = (owner: string, namespace: string | undefined): string => {
  const parts = owner.split('/')
  if (parts.length === 3) return owner
  return CLUSTER_SCOPED.has(parts[0] ?? '') ? `/${owner}` : `${namespace ?? ''}/${owner}`
}
