import { z } from 'zod'
import { severitySchema } from '../shared.ts'
import { metricRuleSchema } from './metric-rule.ts'
import { duration, one, pattern } from './terms.ts'

/**
 * When symptoms make an incident: `count` of them, and the last at least `span` after the first. With `per: object` one involved object must
 * reach both by itself, so that a hundred pods that each fail once do not; and where `pause` is given it begins anew after one so long,
 * which says that it went well in between.
 */
export const openingSchema = z.strictObject({
  count: z.int().min(1).default(1),
  span: duration.optional(),
  per: z.literal('object').optional(),
  pause: duration.optional(),
})
export type Opening = z.infer<typeof openingSchema>

/** Which events speak of the problem. Conditions within one entry are all needed; `message` is a case-insensitive regular expression. */
export const eventMatchSchema = z.strictObject({
  reason: one,
  type: z.enum(['Normal', 'Warning']).optional(),
  kind: one.optional(),
  message: pattern.optional(),
  component: one.optional(),
})
/** An entry of a problem: what it matches may have to insist more, or less, than the problem's own `opens` says. */
export const symptomSchema = eventMatchSchema.extend({ opens: openingSchema.optional() })
export type Symptom = z.infer<typeof symptomSchema>
export type EventMatch = z.infer<typeof eventMatchSchema>

/**
 * Which object states speak of it. `terminated`: a container of the owner's pods ended for this reason (`OOMKilled`) or with this code
 * (`exit=139`). `waiting`: a container waits for this reason, after at least `restarts` restarts. `phase`: the owner or a pod of it is
 * `Phase` or `Phase:Reason`. `condition`: a condition of the owner, or of a Job below it, became `Type=Status` or `Type=Status:Reason`;
 * `podCondition` the same of a pod. With `for` a condition speaks only once it has been so for that long. `kind` is that of the owner.
 */
export const stateMatchSchema = z.strictObject({
  state: z.enum(['terminated', 'waiting', 'phase', 'condition', 'podCondition']),
  value: one,
  kind: one.optional(),
  restarts: z.int().min(1).optional(),
  for: duration.optional(),
  opens: openingSchema.optional(),
})
export type StateMatch = z.infer<typeof stateMatchSchema>

export const recoveryRules = ['workload', 'node', 'job', 'condition', 'none'] as const

export const problemRuleSchema = z.strictObject({
  problem: z.string().regex(/^[A-Z][A-Za-z0-9]*$/),
  title: z.string(),
  severity: severitySchema,
  /** Tried in file order; the first rule that matches an event claims it. */
  events: z.array(symptomSchema).default([]),
  states: z.array(stateMatchSchema).default([]),
  /** Events of these problems on the same pods belong here once a state of this rule is seen on them. */
  absorbs: z.array(z.string()).default([]),
  opens: openingSchema.prefault({}),
  recovery: z.enum(recoveryRules),
  stability: duration,
  ttl: duration,
  /** Why these numbers; sources. */
  note: z.string().optional(),
})
export type ProblemRule = z.infer<typeof problemRuleSchema>

export const ignoreRuleSchema = eventMatchSchema.extend({ why: z.string() })
export type IgnoreRule = z.infer<typeof ignoreRuleSchema>

/**
 * What an alert speaks of. Tried in file order; the first that matches claims it. An alert has waited (`for`) before it was sent, so it
 * opens at once, whatever its problem asks of Events.
 */
export const alertRuleSchema = z
  .strictObject({
    /** The label `alertname`; `*` is any. */
    name: one,
    /** The label `severity`, in lower case. */
    label: one.optional(),
    /** Kind of what it is about. */
    kind: one.optional(),
    problem: z.string().optional(),
    /** The base of an incident that only alerts speak of; default: the problem's. */
    severity: severitySchema.optional(),
    /** It opens nothing, and why. */
    ignore: z.string().optional(),
  })
  .refine((rule) => (rule.problem === undefined) !== (rule.ignore === undefined), {
    message: 'needs either a problem or the reason to ignore it',
  })
export type AlertRule = z.infer<typeof alertRuleSchema>

export const tiers = ['critical', 'high', 'standard', 'low'] as const
export type Tier = (typeof tiers)[number]

/** How much the namespaces of these names matter, where they do not say so themselves; `*` stands for any run of characters. */
export const tierRuleSchema = z.strictObject({ tier: z.enum(tiers), namespaces: one })
export type TierRule = z.infer<typeof tierRuleSchema>

export const catalogueSchema = z.strictObject({
  problems: z.array(problemRuleSchema).default([]),
  ignore: z.array(ignoreRuleSchema).default([]),
  alerts: z.array(alertRuleSchema).optional(),
  metrics: z.array(metricRuleSchema).optional(),
  /** The first pattern that fits a namespace decides, in file order. */
  tiers: z.array(tierRuleSchema).default([]),
})
/** All files of `rules/problems` in file order, with the hash of their text. */
export type Catalogue = Omit<z.infer<typeof catalogueSchema>, 'tiers'> & {
  readonly tiers?: readonly TierRule[]
  readonly hash: string
}
