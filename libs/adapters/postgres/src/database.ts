import { DependencyUnavailable } from '@kubesift/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { asFailure } from './errors.ts'
import { InitialSchema1763690000000 } from './migrations/initial-schema-1763690000000.ts'
import { Deliveries1763690100000 } from './migrations/deliveries-1763690100000.ts'
import { Groups1763690200000 } from './migrations/groups-1763690200000.ts'
import { Links1763690300000 } from './migrations/links-1763690300000.ts'

/** Our advisory locks, each in a key space of its own (the first of the two numbers); those of groups are by the hash of the cluster. */
export const LOCKS = {
  space: 0x6b736674,
  migrate: 1,
  relay: 2,
  groups: 0x6b736775,
  links: 0x6b736776,
} as const

/** The channels of NOTIFY: rows wait in the outbox; changes got their sequence. */
export const CHANNELS = { outbox: 'kubesift_outbox', change: 'kubesift_change' } as const

export interface DatabaseOptions {
  readonly url: string
  /** Connections at most. */
  readonly poolMax?: number
  readonly applicationName?: string
}

/** One row of an answer: columns by name, to be read by the mapping beside the statement. */
export type Row = Readonly<Record<string, unknown>>

/** Runs statements; a database or one transaction of it. */
export interface Sql {
  readonly rows: <R extends object = Row>(
    statement: string,
    values?: readonly unknown[],
  ) => Promise<R[]>
}

const over = (runner: Pick<EntityManager, 'query'>): Sql => ({
  rows: async <R extends object>(statement: string, values: readonly unknown[] = []) => {
    const answer: unknown = await runner.query(statement, [...values])
    // TypeORM answers an UPDATE or DELETE with [rows, count], everything else with the rows.
    const rows = Array.isArray(answer) && Array.isArray(answer[0]) ? (answer[0] as unknown) : answer
    return (rows ?? []) as R[]
  },
})

const DEADLOCK_ATTEMPTS = 5

/** SQLSTATE 40P01: this transaction was the victim; the other one went on. */
const isDeadlock = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === '40P01'

/** The connection pool and the schema. Every error that leaves it is a `Failure`, or a bug. */
export class Database implements Sql {
  readonly #source: DataSource

  constructor({ url, poolMax = 10, applicationName = 'kubesift' }: DatabaseOptions) {
    this.#source = new DataSource({
      type: 'postgres',
      url,
      applicationName,
      poolSize: poolMax,
      connectTimeoutMS: 5_000,
      migrations: [
        InitialSchema1763690000000,
        Deliveries1763690100000,
        Groups1763690200000,
        Links1763690300000,
      ],
      migrationsTransactionMode: 'each',
      // A replaced connection is noticed by the next statement; the pool's own complaints would be a second voice.
      poolErrorHandler: () => undefined,
      extra: { statement_timeout: 60_000 },
    })
  }

  /** Connects and brings the schema up to date; several replicas may start at once. */
  async open(): Promise<void> {
    await this.#try('connecting', async () => {
      if (!this.#source.isInitialized) await this.#source.initialize()
    })
    await this.#try('migrating', () => this.#migrate())
  }

  async close(): Promise<void> {
    if (this.#source.isInitialized) await this.#source.destroy()
  }

  rows<R extends object = Row>(statement: string, values?: readonly unknown[]): Promise<R[]> {
    return this.#try('querying', () => {
      this.#check()
      return over(this.#source).rows<R>(statement, values)
    })
  }

  /** All or nothing; begun anew where Postgres ended it to break a deadlock, so `work` must do nothing but run statements. */
  transaction<T>(doing: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#try(doing, async () => {
      this.#check()
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.#source.transaction((tx) => work(over(tx)))
        } catch (error) {
          if (!isDeadlock(error) || attempt === DEADLOCK_ATTEMPTS) throw error
        }
      }
    })
  }

  #check(): void {
    if (!this.#source.isInitialized) {
      throw new DependencyUnavailable('postgres: not connected yet; the service goes on trying')
    }
  }

  async #migrate(): Promise<void> {
    const runner = this.#source.createQueryRunner()
    try {
      // Held by the session: whoever comes second waits here, and then finds nothing left to do.
      await runner.query('select pg_advisory_lock($1, $2)', [LOCKS.space, LOCKS.migrate])
      try {
        await this.#source.runMigrations()
      } finally {
        // If even this fails, the connection is gone, and the lock with it.
        await runner
          .query('select pg_advisory_unlock($1, $2)', [LOCKS.space, LOCKS.migrate])
          .catch(() => undefined)
      }
    } finally {
      await runner.release()
    }
  }

  async #try<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw asFailure(error, doing)
    }
  }
}
