import { z } from 'zod'
import { severitySchema } from '../shared.ts'
import { duration, one } from './terms.ts'

/** Which points of which metric, and what of their value counts; exactly one of `atLeast`, `below`, `is` and `rises`. */
export const metricConditionSchema = z
  .strictObject({
    metric: z.string().min(1),
    /** Attributes that a point or its resource must have, each with one of these values; other points say nothing. */
    where: z.record(z.string(), one).optional(),
    atLeast: z.number().optional(),
    /** A number, or the name of another metric of the same thing in the same request. */
    below: z.union([z.number(), z.string().min(1)]).optional(),
    /** Only so much of the other metric counts: `available` below 0.1 of `capacity`. */
    times: z.number().positive().optional(),
    /** One of these values. */
    is: z.array(z.number()).min(1).optional(),
    /** It has grown so much in so long: `restarts` by 3 within 20m. A value that falls begins anew. */
    rises: z.strictObject({ by: z.number().positive(), within: duration }).optional(),
  })
  .refine(
    ({ atLeast, below, is, rises }) =>
      [atLeast, below, is, rises].filter((c) => c !== undefined).length === 1,
    { message: 'needs exactly one of atLeast, below, is and rises' },
  )
  .refine(({ below, times }) => times === undefined || typeof below === 'string', {
    message: 'times needs the name of another metric in below',
  })
export type MetricCondition = z.infer<typeof metricConditionSchema>

/**
 * What a metric speaks of. It is a state: a breach and its end are told, not the samples between. Where `well` is given only it says that
 * the breach is over; else any sample does that is looked at and is none.
 */
export const metricRuleSchema = z
  .strictObject({
    /** What it is called among reasons and observations. */
    name: z.string().regex(/^[A-Z][A-Za-z0-9]*$/),
    breach: z.array(metricConditionSchema).min(1),
    well: z.array(metricConditionSchema).min(1).optional(),
    /** How long it must last before it is told. */
    for: duration.optional(),
    /** It opens this problem at once: it has lasted already. */
    problem: z.string().optional(),
    /** The base of an incident that only metrics and alerts speak of; default: the problem's. */
    severity: severitySchema.optional(),
    /** It opens nothing, and is shown beside what its owner has: why. */
    observe: z.string().optional(),
  })
  .refine((rule) => (rule.problem === undefined) !== (rule.observe === undefined), {
    message: 'needs either a problem or the reason to observe it only',
  })
export type MetricRule = z.infer<typeof metricRuleSchema>
