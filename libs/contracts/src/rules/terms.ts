import { z } from 'zod'

/** A regular expression as text; used without regard to case. */
export const pattern = z.string().refine(
  (source) => {
    try {
      return new RegExp(source, 'i') instanceof RegExp
    } catch {
      return false
    }
  },
  { message: 'is not a regular expression' },
)

/** One string or several; always a list after parsing. */
export const one = z
  .union([z.string(), z.array(z.string())])
  .transform((v) => (Array.isArray(v) ? v : [v]))

/** Durations in rule files: `90s`, `5m`, `2h`, `1d`. Parsed to milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'a duration is a number with ms, s, m, h or d')
  .transform((v) => {
    const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
    const [, n, u] = /^(\d+)(ms|s|m|h|d)$/.exec(v)!
    return Number(n) * unit[u as keyof typeof unit]
  })
