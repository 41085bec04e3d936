import type { BackingContext, Profile } from './backing-options.ts'
import type { Daemon } from './daemon.ts'
import { kafkaDaemon } from './kafka.ts'
import { makeFolder, type Env } from './places.ts'
import { PortBook } from './ports.ts'
import { postgresDaemon } from './postgres.ts'
import { redisDaemon } from './redis.ts'

export interface BackingOptions {
  /** Data, logs, ports and run files go below it. */
  readonly home: string
  /** `KAFKA_BROKERS`, `DATABASE_URL` and `REDIS_URL` in it each replace one service. */
  readonly env: Env
  readonly profile?: Profile
  readonly log?: (line: string) => void
  /** Ends downloads and installations that are under way. */
  readonly signal?: AbortSignal
}

/** Kafka, Postgres and Redis of one home: where they will answer, and the ones that are ours to run. */
export interface BackingPlan {
  readonly kafkaBrokers: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly daemons: readonly Daemon[]
}

export interface Backing extends BackingPlan {
  /** Stops what is ours, all at once; safe to call twice. */
  readonly stop: () => Promise<void>
}

/** Decides what runs here and on which ports, and starts nothing. */
export const planBacking = async (options: BackingOptions): Promise<BackingPlan> => {
  const context = contextFor(options)
  const { env } = options
  const kafka = await givenOr(env['KAFKA_BROKERS'], () => kafkaDaemon(context))
  const postgres = await givenOr(env['DATABASE_URL'], () => postgresDaemon(context))
  const redis = await givenOr(env['REDIS_URL'], () => redisDaemon(context))
  return {
    kafkaBrokers: kafka.url,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    daemons: [kafka, postgres, redis].flatMap(({ daemon }) =>
      daemon === undefined ? [] : [daemon],
    ),
  }
}

interface Place {
  readonly url: string
  readonly daemon?: Daemon
}

const givenOr = (given: string | undefined, own: () => Promise<Place>): Promise<Place> | Place =>
  given === undefined || given === '' ? own() : { url: given }

/** Starts or adopts the three and returns when each answers. When one cannot start, those that did are stopped again. */
export const startBacking = async (options: BackingOptions): Promise<Backing> => {
  const plan = await planBacking(options)
  const stop = async (): Promise<void> => {
    await Promise.all(plan.daemons.map((daemon) => daemon.stop()))
  }
  const outcomes = await Promise.allSettled(plan.daemons.map((daemon) => daemon.start()))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed === undefined) return { ...plan, stop }
  await stop()
  const why: unknown = failed.reason
  throw why
}

const contextFor = ({ home, env, profile, log, signal }: BackingOptions): BackingContext => {
  makeFolder(home)
  return {
    home,
    env,
    profile: profile ?? 'durable',
    ports: new PortBook(home, env),
    log: log ?? (() => undefined),
    signal,
  }
}
