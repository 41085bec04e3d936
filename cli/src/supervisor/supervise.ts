import {
  identityOf,
  makeFolder,
  MissingPrerequisite,
  planBacking,
  PortBook,
  runNames,
  stopByRunFile,
  writeJsonFile,
  type BackingPlan,
} from '@kubesift/adapter-backing'
import { join } from 'node:path'
import { stateFile, type State, type UnitState } from '../frame/state.ts'
import { planCollectorUnits } from './collector-units.ts'
import type { CollectorWish } from './collector-wish.ts'
import { rotateLogs } from './rotate-logs.ts'
import { planServices } from './service-units.ts'
import { Unit } from './unit.ts'

export interface SupervisorOptions {
  readonly root: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Stop everything and return. */
  readonly signal: AbortSignal
  readonly log: (line: string) => void
  /** A Collector is to run in front of Kafka. */
  readonly collector?: CollectorWish
}

const ROTATE_EVERY_MS = 10_000
const BACKING = ['kafka', 'postgres', 'redis'] as const

/**
 * Runs everything until told to stop: first Kafka, Postgres and Redis (those that live on from a supervisor that was
 * killed are adopted), then the services (leftovers of those are stopped first: they may be of another build). Stops in
 * the reverse order. Whatever happens is written to the state file.
 */
export const supervise = async (options: SupervisorOptions): Promise<void> => {
  const house = await planOrExplain(options)
  const { units, write } = house
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const rotation = setInterval(
    () => attempt('rotate the logs', options.log, () => rotateLogs(join(options.home, 'logs'))),
    ROTATE_EVERY_MS,
  )
  const backing = units.filter(({ state }) => state.kind === 'backing')
  const services = units.filter(({ state }) => state.kind === 'service')
  write('starting')
  const runs = backing.map((unit) => unit.run(signal))
  try {
    await untilEnd(Promise.all(backing.map((unit) => unit.ready.promise)), runs, signal)
    if (!signal.aborted) {
      write('running')
      runs.push(...services.map((unit) => unit.run(signal)))
      await Promise.all(runs)
    }
    write('stopping')
  } catch (why) {
    options.log(`giving up: ${messageOf(why)}`)
    house.failure = messageOf(why)
    write('failed')
  } finally {
    ending.abort()
    clearInterval(rotation)
    await Promise.allSettled(runs)
    for (const unit of [...services].reverse()) await unit.stop()
    await Promise.all(backing.map((unit) => unit.stop()))
    write(house.failure === undefined ? 'stopped' : 'failed')
  }
  if (house.failure !== undefined) throw new MissingPrerequisite(house.failure)
}

interface House {
  readonly units: readonly Unit[]
  readonly write: (phase?: State['phase']) => void
  failure: string | undefined
}

/** What cannot even be planned (a pinned port that is taken, no write permission) is told by the same file. */
const planOrExplain = async (options: SupervisorOptions): Promise<House> => {
  try {
    return await plan(options)
  } catch (why) {
    const nothing: BackingPlan = { kafkaBrokers: '', databaseUrl: '', redisUrl: '', daemons: [] }
    const state: State = {
      ...baseState(nothing, '', options.env),
      phase: 'failed',
      failure: messageOf(why),
      units: [],
    }
    writeJsonFile(stateFile(options.home), state)
    throw why
  }
}

const plan = async (options: SupervisorOptions): Promise<House> => {
  const { root, home, env, signal, log } = options
  makeFolder(join(home, 'logs'))
  const house: House = { units: [], write: () => undefined, failure: undefined }
  let note: string | undefined
  const say = (line: string): void => {
    log(line)
    note = line
    house.write()
  }
  const backing = await planBacking({ home, env, log: say, signal })
  await stopLeftovers(home, backing)
  const { services, grpcUrl } = await planServices({
    root,
    home,
    env,
    backing,
    ports: new PortBook(home, env),
  })
  const collector = await planCollectorUnits({
    home,
    env,
    log: say,
    kafkaBrokers: backing.kafkaBrokers,
    topicPrefix: prefixOf(env),
    wish: options.collector,
  })
  const base = { ...baseState(backing, grpcUrl, env), ...collector.state }
  let phase: State['phase'] = 'starting'
  const write = (next?: State['phase']): void => {
    phase = next ?? phase
    const state: State = {
      ...base,
      phase,
      ...(note === undefined || phase !== 'starting' ? {} : { note }),
      ...(house.failure === undefined ? {} : { failure: house.failure }),
      units: [...externals(backing, base.startedAt), ...units.map((unit) => unit.state)],
    }
    attempt('write the state', log, () => writeJsonFile(stateFile(home), state))
  }
  const changed = (): void => write()
  const units = [
    ...backing.daemons.map(
      (daemon) =>
        new Unit({
          daemon,
          kind: 'backing',
          changed,
          address: addressOf(daemon.spec.name, backing),
        }),
    ),
    ...services.map((service) => new Unit({ ...service, kind: 'service', changed })),
    ...collector.services.map((service) => new Unit({ ...service, kind: 'service', changed })),
  ]
  return Object.assign(house, { units, write })
}

const prefixOf = (env: SupervisorOptions['env']): string => env['KAFKA_TOPIC_PREFIX'] ?? ''

/** Whatever a former supervisor left running and this one will not adopt. */
const stopLeftovers = async (home: string, { daemons }: BackingPlan): Promise<void> => {
  const adopted = new Set(['supervisor', ...daemons.map((daemon) => daemon.spec.name)])
  const leftovers = runNames(home).filter((name) => !adopted.has(name))
  await Promise.all(leftovers.map((name) => stopByRunFile(home, name)))
}

const baseState = (
  { kafkaBrokers, databaseUrl, redisUrl }: BackingPlan,
  grpcUrl: string,
  env: SupervisorOptions['env'],
): Omit<State, 'phase' | 'units'> => {
  const supervisor = identityOf(process.pid)
  if (supervisor === undefined) throw new Error('a running process has an identity')
  return {
    supervisor,
    startedAt: Date.now(),
    kafkaBrokers,
    databaseUrl,
    redisUrl,
    topicPrefix: prefixOf(env),
    grpcUrl,
  }
}

const externals = (backing: BackingPlan, since: number): UnitState[] => {
  const own = new Set(backing.daemons.map((daemon) => daemon.spec.name))
  return BACKING.filter((name) => !own.has(name)).map((name) => ({
    name,
    kind: 'external',
    status: 'external',
    address: addressOf(name, backing),
    restarts: 0,
    since,
  }))
}

/** Host and port, never the password. */
const addressOf = (name: string, backing: BackingPlan): string => {
  if (name === 'kafka') return backing.kafkaBrokers
  const url = name === 'postgres' ? backing.databaseUrl : backing.redisUrl
  return URL.canParse(url) ? new URL(url).host : url
}

/** Until the wish comes true, one of the runs fails, or the end is called for. */
const untilEnd = async (
  wish: Promise<unknown>,
  runs: readonly Promise<void>[],
  signal: AbortSignal,
): Promise<void> => {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([wish, aborted, Promise.all(runs)])
}

/** A full disk or a deleted folder must not end the supervision of what still runs. */
const attempt = (what: string, log: (line: string) => void, act: () => unknown): void => {
  try {
    act()
  } catch (why) {
    log(`cannot ${what}: ${messageOf(why)}`)
  }
}

const messageOf = (why: unknown): string => (why instanceof Error ? why.message : String(why))
