import type { z } from 'zod'

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }

/** The one door from outside values to inside types. It answers; it does not throw. */
export const parseValue = <T>(schema: z.ZodType<T>, value: unknown): Parsed<T> => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { ok: true, value: parsed.data }
  const issues = parsed.error.issues
    .slice(0, 5)
    .map((i) => `${i.path.join('.') || '(root)'}: ${i.message}`)
  return { ok: false, why: issues.join('; ') }
}

/** As {@link parseValue}, from JSON text. */
export const parseJson = <T>(schema: z.ZodType<T>, text: string): Parsed<T> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { ok: false, why: `not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  return parseValue(schema, value)
}
