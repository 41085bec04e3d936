import { identityOf, livingProcess, startBacking } from '@kubesift/adapter-backing'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stopBacking } from './backing/native.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'backing-'))
})
afterEach(async () => {
  await stopBacking(home)
  rmSync(home, { recursive: true, force: true })
})

const env = (over: Record<string, string> = {}) => ({
  ...process.env,
  KAFKA_BROKERS: '',
  DATABASE_URL: '',
  REDIS_URL: '',
  ...over,
})

const withClient = async <T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

const pidOf = (name: string): number | undefined =>
  livingProcess(join(home, `run/${name}.json`))?.pid

test('what the environment names is not started, and its address is handed on as it is', async () => {
  const given = { KAFKA_BROKERS: 'k:9092', DATABASE_URL: 'postgres://d/x', REDIS_URL: 'redis://r' }
  const backing = await startBacking({ home, env: env(given) })
  expect(backing.daemons).toEqual([])
  expect(backing).toMatchObject({
    kafkaBrokers: 'k:9092',
    databaseUrl: 'postgres://d/x',
    redisUrl: 'redis://r',
  })
})

test('a killed Postgres comes back on its port with what was committed; the living Redis is adopted', async () => {
  const options = { home, env: env({ KAFKA_BROKERS: 'not-needed:9092' }) }
  const first = await startBacking(options)
  await withClient(first.databaseUrl, (client) =>
    client.query('create table kept as select 7 as n'),
  )
  const [postgres, redis] = [pidOf('postgres'), pidOf('redis')]
  process.kill(postgres ?? 0, 'SIGKILL')
  await vi.waitFor(() => expect(identityOf(postgres ?? 0)).toBeUndefined(), { timeout: 10_000 })
  const second = await startBacking(options)
  expect(second.databaseUrl).toBe(first.databaseUrl)
  expect(pidOf('redis')).toBe(redis)
  expect(
    await withClient(
      second.databaseUrl,
      async (client) => (await client.query<{ n: number }>('select n from kept')).rows,
    ),
  ).toEqual([{ n: 7 }])
  await second.stop()
  expect([pidOf('postgres'), pidOf('redis')]).toEqual([undefined, undefined])
})
