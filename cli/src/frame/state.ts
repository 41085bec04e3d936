import { isAlive, ProcessIdentity, readJsonFile } from '@kubesift/adapter-backing'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * One thing that the supervisor looks after.
 * `waiting` (for Kafka, Postgres and Redis) → `starting` → `ready` ⇄ `unready`; `backoff` before the next start after a
 * crash; `stopped` at the end. `external` is what `KAFKA_BROKERS` and the like point to: not ours to start or stop.
 */
export const UnitState = z.object({
  name: z.string(),
  kind: z.enum(['backing', 'service', 'external']),
  status: z.enum(['waiting', 'starting', 'ready', 'unready', 'backoff', 'stopped', 'external']),
  pid: z.number().int().optional(),
  /** Where clients reach it. */
  address: z.string().optional(),
  /** `http://127.0.0.1:PORT/readyz` of a service. */
  healthPort: z.number().int().optional(),
  restarts: z.number().int(),
  /** When it took this status, in milliseconds since the epoch. */
  since: z.number(),
  /** Why it is not ready. */
  reason: z.string().optional(),
})
export type UnitState = z.infer<typeof UnitState>

/** `KUBESIFT_HOME/state.json`: written by the supervisor, read by everybody else. */
export const State = z.object({
  supervisor: ProcessIdentity,
  startedAt: z.number(),
  phase: z.enum(['starting', 'running', 'stopping', 'stopped', 'failed']),
  /** Why `failed`: one line that says what to do. */
  failure: z.string().optional(),
  /** What takes long at the moment, such as a download. */
  note: z.string().optional(),
  kafkaBrokers: z.string(),
  databaseUrl: z.string(),
  redisUrl: z.string(),
  /** Before every topic name; empty as a rule. */
  topicPrefix: z.string(),
  /** The incident API, `127.0.0.1:PORT`. */
  grpcUrl: z.string(),
  /** The Collector gateway's OTLP receiver over HTTP, where one runs. */
  collectorUrl: z.string().optional(),
  /** The cluster that the Collector's agent watches, where one runs. */
  cluster: z.string().optional(),
  units: z.array(UnitState),
})
export type State = z.infer<typeof State>

export const stateFile = (home: string): string => join(home, 'state.json')

/** The last written state, and whether the supervisor that wrote it still lives; `undefined` when there never was one. */
export const readState = (home: string): (State & { readonly alive: boolean }) | undefined => {
  const state = readJsonFile(stateFile(home), State)
  return state === undefined ? undefined : { ...state, alive: isAlive(state.supervisor) }
}

/** Whether every unit answers. */
export const allReady = (state: State): boolean =>
  state.phase === 'running' &&
  state.units.every(({ status }) => status === 'ready' || status === 'external')
