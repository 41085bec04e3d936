import { z } from 'zod'

/** The last instant that a calendar has (ECMA-262, time values); the first is as far before the epoch. */
export const LAST_INSTANT = 8.64e15

/** Milliseconds since the Unix epoch. Every instant in our topics is one. */
export const instant = z
  .number()
  .refine((at) => Math.abs(at) <= LAST_INSTANT, 'an instant that no calendar has')

export const severities = ['P1', 'P2', 'P3', 'P4'] as const
export type Severity = (typeof severities)[number]
export const severitySchema = z.enum(severities)

export const countQualities = ['exact', 'aggregated', 'lower_bound'] as const
/** How far a count can be trusted: `aggregated` holds combined events, `lower_bound` may miss some. */
export type CountQuality = (typeof countQualities)[number]
export const countQualitySchema = z.enum(countQualities)

/** Where a record stands in Kafka (or, for triage, in its input file). */
export const positionSchema = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.number().int(),
})
export type Position = z.infer<typeof positionSchema>

export const objectRefSchema = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string().optional(),
  apiVersion: z.string().optional(),
  fieldPath: z.string().optional(),
})
export type ObjectRef = z.infer<typeof objectRefSchema>
