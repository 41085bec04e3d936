import { list, str, sub, type Json } from '../pick.ts'

/**
 * What a specification declares about who talks to whom, as `host:port` or `host`, lower case, without user info, path and query: values
 * never leave, only where they point.
 */
export interface Endpoints {
  /** Where it connects to. */
  readonly calls: readonly string[]
  /** Where it listens, as far as that is visible to others; only for pods in the node's own network. */
  readonly listens: readonly string[]
}

const MAX = 32
const MAX_TEXT = 2048
/** RFC 1123 labels joined by dots, or an IPv4 address; what Kubernetes takes as a host. */
const HOST = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?'
const URL_HOST = new RegExp(
  `\\b[a-z][a-z0-9+.-]{1,20}://(?:[^\\s/?#"']{0,256}@)?(${HOST})(?::(\\d{1,5}))?(?![a-z0-9.:@-])`,
  'gi',
)
const HOST_PORT = new RegExp(`^(${HOST}):(\\d{1,5})$`, 'i')
const LONE_HOST = new RegExp(`^${HOST}$`, 'i')
/** Names under which people hand a bare host name to a program. */
const NAMES_A_HOST =
  /(^|_)(HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT|SERVICE|UPSTREAM|TARGET|URL|URI|BROKERS?)$/i
const NAMES_A_LISTENER = /(^|_)(LISTEN|BIND)(_|$)/i

const endpoint = (host: string, port: string | undefined): string =>
  port === undefined ? host.toLowerCase() : `${host.toLowerCase()}:${Number(port)}`

/** Every endpoint that a text names: URLs anywhere in it, and `host:port` where that is all there is (or a list of them). */
export const endpointsIn = (text: string): string[] => {
  const short = text.slice(0, MAX_TEXT)
  const found = [...short.matchAll(URL_HOST)].map((m) => endpoint(m[1]!, m[2]))
  for (const part of short.split(/[\s,;]+/)) {
    const bare = HOST_PORT.exec(part)
    if (bare !== null && Number(bare[2]) > 0) found.push(endpoint(bare[1]!, bare[2]))
  }
  return found
}

const bounded = (all: Iterable<string>): string[] => [...new Set(all)].sort().slice(0, MAX)

const containersOf = (spec: Json): readonly Json[] => [
  ...list(spec, 'initContainers', 32),
  ...list(spec, 'containers', 32),
]

const texts = (container: Json, key: string): string[] => {
  const value = Object.hasOwn(container, key) ? container[key] : undefined
  if (!Array.isArray(value)) return []
  return value.slice(0, 64).filter((v): v is string => typeof v === 'string')
}

interface Declared {
  readonly name: string
  readonly value: string
}

const environment = (container: Json): Declared[] =>
  list(container, 'env', 128).flatMap((entry) => {
    const name = str(entry, 'name')
    const value = str(entry, 'value', MAX_TEXT)
    return name === undefined || value === undefined ? [] : [{ name, value }]
  })

const callsOfVariable = ({ name, value }: Declared): string[] => {
  if (NAMES_A_LISTENER.test(name)) return []
  const found = endpointsIn(value)
  return found.length === 0 && NAMES_A_HOST.test(name) && LONE_HOST.test(value)
    ? [endpoint(value, undefined)]
    : found
}

/** Ports of pods in the node's network are the node's: whoever shares it can call them. */
const portsOf = (container: Json): string[] =>
  list(container, 'ports', 32).flatMap((port) => {
    const number = Object.hasOwn(port, 'containerPort') ? Number(port['containerPort']) : NaN
    return Number.isInteger(number) && number > 0 ? [`*:${number}`] : []
  })

const listenersOf = (container: Json): string[] => [
  ...portsOf(container),
  ...environment(container)
    .filter(({ name }) => NAMES_A_LISTENER.test(name))
    .flatMap(({ value }) => {
      const port = /^(?:(.*):)?(\d{1,5})$/.exec(value)
      if (port === null) return []
      const host = port[1] ?? ''
      return host === '' || host === '0.0.0.0' || host === '[::]'
        ? [`*:${Number(port[2])}`]
        : [endpoint(host, port[2])]
    }),
]

/** The endpoints of a pod's specification: literal variables, arguments and commands. */
export const podEndpoints = (spec: Json): Endpoints => {
  const containers = containersOf(spec)
  const inHostNetwork = spec['hostNetwork'] === true
  const calls = containers.flatMap((container) => [
    ...environment(container).flatMap(callsOfVariable),
    ...[...texts(container, 'args'), ...texts(container, 'command')].flatMap((arg) =>
      endpointsIn(arg.replace(/^--?[a-z0-9_.-]+=/i, '')),
    ),
  ])
  const listens = inHostNetwork ? containers.flatMap(listenersOf) : []
  const own = new Set(listens)
  return { calls: bounded(calls.filter((call) => !own.has(call))), listens: bounded(listens) }
}

/** The endpoints that the values of a ConfigMap name. */
export const dataEndpoints = (object: Json): string[] =>
  bounded(
    Object.entries(sub(object, 'data'))
      .slice(0, 64)
      .flatMap(([key, value]) =>
        typeof value === 'string' ? callsOfVariable({ name: key, value }) : [],
      ),
  )
