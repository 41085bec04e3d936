import { z } from 'zod'

/** A setting is missing or wrong: the process must not touch the network with it. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration'
}

/** What every service reads from the environment: spread it into the service's own schema. */
export const runtimeEnv = {
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Loopback unless said otherwise; a container sets 0.0.0.0. */
  HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port and logs it. */
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** How long a stop may take before the process ends anyway; what was not committed comes again. */
  SHUTDOWN_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(20_000),
  /** A loop with work that has not moved for so long is unhealthy. */
  STALL_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
}

const shape = z.object(runtimeEnv)

/** The parsed settings of {@link runtimeEnv}. */
export type RuntimeEnv = Readonly<z.output<typeof shape>>

/** zod's messages quote expectations, never the value, so that no secret is printed; the names are ours to show. */
const faultOf = ({ path, message }: z.core.$ZodIssue): string =>
  `  ${path.length === 0 ? '(all)' : path.join('.')}: ${message}`

/** Parses the environment whole and once: every fault is named at once, and the answer cannot be changed. */
export const loadConfig = <S extends z.ZodType>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<S>> => {
  // An empty variable is an unset one: that is how shells, compose files and Helm leave a setting out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return Object.freeze(parsed.data)
  const faults = parsed.error.issues.map(faultOf).join('\n')
  throw new BadConfiguration(`bad configuration, set these in the environment:\n${faults}`)
}
