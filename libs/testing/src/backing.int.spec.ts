import { connect } from 'node:net'
import pg from 'pg'
import { expect, test } from 'vitest'
import { testBacking } from './backing.ts'

const query = async (url: string, text: string): Promise<readonly unknown[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

test('two tests side by side share no table, topic or key', async () => {
  await using one = await testBacking()
  await using two = await testBacking()
  await query(one.databaseUrl, 'create table mine (id int)')
  expect(await query(two.databaseUrl, "select 1 from pg_tables where tablename = 'mine'")).toEqual(
    [],
  )
  expect(one.topicPrefix).not.toBe(two.topicPrefix)
  expect(one.keyPrefix).not.toBe(two.keyPrefix)
})

test('a disposed corner has no database any more', async () => {
  const corner = await testBacking()
  await corner.dispose()
  await expect(query(corner.databaseUrl, 'select 1')).rejects.toThrow(/does not exist/)
})

test('the broker and Redis accept connections', async () => {
  await using corner = await testBacking()
  const redis = new URL(corner.redisUrl)
  for (const at of [corner.kafkaBrokers, redis.host]) {
    const [host, port] = at.split(':')
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host: host ?? '', port: Number(port) }, () => {
        socket.destroy()
        resolve()
      })
      socket.once('error', reject)
    })
  }
})
