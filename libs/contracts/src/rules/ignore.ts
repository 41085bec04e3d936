import { z } from 'zod'

/** What an operator does not want to be told: an incident for which `when` holds opens nothing, and is counted under this name. */
export const incidentIgnoreSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a name is lower-case words with hyphens'),
  /** CEL over the context; the fields are those of `docs/concepts/ignoring.md`. */
  when: z.string().min(1).max(2000),
  why: z.string().min(1).max(400),
  /** What still occurs at this time or later is told again. */
  until: z.iso.datetime({ offset: true }).optional(),
})
export type IncidentIgnore = z.infer<typeof incidentIgnoreSchema>

export const ignoreFileSchema = z.strictObject({ ignore: z.array(incidentIgnoreSchema) })
