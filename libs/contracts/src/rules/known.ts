import { z } from 'zod'
import { failureClasses } from '../topics/incident-analyses.v1.ts'
import { duration, one, pattern } from './terms.ts'
import { captureNames, templateFaults, type TemplateKind } from './template.ts'

const patterns = z
  .union([pattern, z.array(pattern).min(1)])
  .transform((v) => (Array.isArray(v) ? v : [v]))

/** Machine-readable classes of cause: those of the recorded truths, then (from `app-crash`) our own. */
export const causes = [
  'bad-rollout',
  'config-change',
  'drain',
  'none',
  'image-not-found',
  'image-auth',
  'registry-unreachable',
  'invalid-image',
  'oom-limit',
  'oom-leak',
  'probe-misconfigured',
  'app-unready',
  'dependency-down',
  'missing-config',
  'missing-secret',
  'unbound-volume',
  'unschedulable-resources',
  'unschedulable-selector',
  'quota-exceeded',
  'hpa-no-metrics',
  'node-down',
  'eviction',
  'job-error',
  'job-deadline',
  'app-crash',
  'volume-unavailable',
  'network',
  'admission-denied',
  'unknown',
] as const

const changeKind = z.enum(['rollout', 'scale', 'config', 'node', 'created'])

/** A change near the first symptom. `within` is 1 h unless told; a change after the first symptom never counts. */
export const changeConditionSchema = z.strictObject({
  kind: z
    .union([changeKind, z.array(changeKind).min(1)])
    .transform((v) => (Array.isArray(v) ? v : [v]))
    .optional(),
  /** Some changed field has a path like this. */
  fields: pattern.optional(),
  /** That field is a quantity, and became smaller (or appeared where there was none). */
  lowered: z.literal(true).optional(),
  /** Revision of the failing pods: the new one, the old one, or at least not known to be old. */
  pods: z.enum(['new', 'old', 'not-old']).optional(),
  within: duration.optional(),
})
export type ChangeCondition = z.infer<typeof changeConditionSchema>

/** What must hold, all of it. Within a list, one is enough. Patterns are case-insensitive. */
export const knownConditionSchema = z.strictObject({
  problem: one.optional(),
  ownerKind: one.optional(),
  /** Reasons counted in the context. */
  reasons: one.optional(),
  /** Tried on event messages, state messages and evidence texts; named groups become variables. */
  message: patterns.optional(),
  /** No text says this. */
  notMessage: patterns.optional(),
  /** Reason of a waiting container. */
  waiting: one.optional(),
  /** Reason of a terminated container. */
  terminated: one.optional(),
  exitCodes: z.array(z.int()).min(1).optional(),
  /** `none`: no change in the hour before the first symptom. */
  change: z.union([z.literal('none'), changeConditionSchema]).optional(),
})
export type KnownCondition = z.infer<typeof knownConditionSchema>

const termSchema = z.strictObject({
  when: knownConditionSchema,
  add: z.number().min(-1).max(1),
  why: z.string().min(1),
})

const prose = z.string().min(1).max(600)

/** One thing to do. With a command that cannot be filled in (a name is not known), the recommendation is left out. */
export const knownRecommendationSchema = z.strictObject({
  text: prose,
  command: z.string().max(300).optional(),
  /** True: only once the rollout before the first symptom was rolled back. False: only while it was not. */
  rolledBack: z.boolean().optional(),
})

const fields = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a name is lower case words joined by -'),
  class: z.enum(failureClasses),
  cause: z.enum(causes),
  /** Says only where to look: used when no other known speaks. */
  fallback: z.boolean().default(false),
  match: knownConditionSchema,
  hypothesis: prose,
  confidence: z.strictObject({
    base: z.number().min(0).max(1),
    why: z.string().min(1),
    terms: z.array(termSchema).default([]),
  }),
  /** What would show this hypothesis to be wrong: the end of a sentence that begins with "wrong if". A fallback claims nothing and needs none. */
  refutedBy: prose.optional(),
  recommendations: z.array(knownRecommendationSchema).min(1),
  note: z.string().optional(),
})

/** A rule of diagnosis. Templates are checked here, so that a rule with an unknown variable does not load. */
export const knownSchema = fields.superRefine((known, ctx) => {
  const captures = captureNames(known.match.message ?? [])
  const check = (template: string, kind: TemplateKind, path: (string | number)[]): void => {
    for (const message of templateFaults(template, kind, captures)) {
      ctx.addIssue({ code: 'custom', path, message })
    }
  }
  check(known.hypothesis, 'prose', ['hypothesis'])
  if (known.refutedBy !== undefined) check(known.refutedBy, 'prose', ['refutedBy'])
  else if (!known.fallback)
    ctx.addIssue({
      code: 'custom',
      path: ['refutedBy'],
      message: 'what would show it to be wrong is missing',
    })
  known.recommendations.forEach(({ text, command }, i) => {
    check(text, 'prose', ['recommendations', i, 'text'])
    if (command !== undefined) check(command, 'command', ['recommendations', i, 'command'])
  })
})
export type Known = z.infer<typeof knownSchema>

export const knownsFileSchema = z.strictObject({ knowns: z.array(knownSchema).default([]) })
/** All files of `rules/knowns` in file order, with the hash of their text. */
export interface Knowns {
  readonly knowns: readonly Known[]
  readonly hash: string
}
