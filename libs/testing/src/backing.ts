import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { BackingUrls } from './backing/urls.ts'

/** One test's own corner of the shared services, so that tests run side by side. */
export interface TestBacking extends BackingUrls {
  /** For every key in Redis. */
  readonly keyPrefix: string
  /** For every topic and consumer group in Kafka. */
  readonly topicPrefix: string
  /** Drops the database. Topics and keys go with the services, or stay unread where these are kept. */
  readonly dispose: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** A fresh database, a fresh topic prefix and a fresh key prefix on the services of this run. */
export const testBacking = async (): Promise<TestBacking> => {
  const shared = sharedUrls()
  const id = `t${randomBytes(5).toString('hex')}`
  await onServer(shared.databaseUrl, `create database ${id}`)
  const dispose = (): Promise<void> =>
    onServer(shared.databaseUrl, `drop database if exists ${id} with (force)`)
  return {
    kafkaBrokers: shared.kafkaBrokers,
    databaseUrl: withDatabase(shared.databaseUrl, id),
    redisUrl: shared.redisUrl,
    keyPrefix: `${id}:`,
    topicPrefix: `${id}-`,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

const sharedUrls = (): BackingUrls => {
  // outside the projects `int` and `e2e` nobody provided it, whatever the type says
  const provided: BackingUrls | undefined = inject('kubesiftBacking')
  if (provided !== undefined) return provided
  throw new Error(
    'real services are for *.int.spec.ts and *.e2e.spec.ts only: rename this test file',
  )
}

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.toString()
}

const onServer = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
