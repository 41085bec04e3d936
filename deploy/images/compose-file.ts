import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'

const root = new URL('../../', import.meta.url)

/** A file of the repository, by its path from the root. */
export const textOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(path, root)), 'utf8')

const Texts = z.record(z.string(), z.string())

const Health = z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() })

const Service = z.object({
  image: z.string(),
  build: z.object({ target: z.string(), args: Texts }).optional(),
  environment: Texts.default({}),
  ports: z.array(z.string()).default([]),
  healthcheck: Health.optional(),
  restart: z.string(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
  command: z.array(z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  mem_limit: z.string().optional(),
})

/** One service of docker-compose.yml, as far as the tests look. */
export type ComposeService = z.output<typeof Service>

const Compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
})

/** What compose makes of `${NAME:-default}` and `$$` when the caller's environment is empty. */
const interpolated = (text: string): string =>
  text
    .replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, _name: string, fallback: string) => fallback)
    .replaceAll('$$', '$')

const interpolate = (value: unknown): unknown => {
  if (typeof value === 'string') return interpolated(value)
  if (Array.isArray(value)) return value.map(interpolate)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolate(one)]))
}

/** docker-compose.yml as it is with nothing set in the environment. */
export const composeFile = (): z.output<typeof Compose> =>
  Compose.parse(interpolate(parse(textOf('docker-compose.yml'), { merge: true })))

/** Kafka's settings in its own spelling, from the image's: `KAFKA_NUM_PARTITIONS` is `num.partitions`. */
export const kafkaSettings = (environment: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(
    Object.entries(environment).map(([name, value]) => [
      name.replace('KAFKA_', '').toLowerCase().replaceAll('_', '.'),
      value,
    ]),
  )

/** A `.properties` file without its comments. */
export const properties = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

/** The names that a Collector config reads, with their defaults; undefined: it must be set. */
export const collectorVariables = (config: string): ReadonlyMap<string, string | undefined> =>
  new Map(
    [...config.matchAll(/\$\{env:(\w+)(?::-([^}]*))?\}/g)].map(([, name = '', fallback]) => [
      name,
      fallback,
    ]),
  )
