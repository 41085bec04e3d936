import { ChangeFeed, type OutboxMessage, type StreamPosition } from '@kubesift/adapter-postgres'
import { ContractViolation, DependencyUnavailable, type Incident } from '@kubesift/contracts'
import { incidentIdOf } from '@kubesift/core-incident'
import { aContext, aSpell } from '@kubesift/core-incident/testing'
import { expect, test } from 'vitest'
import { aStore, type TestStore } from './testing/a-store.ts'
import { Published, runRelay } from './testing/published.ts'

const at = (next: number): StreamPosition => ({ topic: 'incident-contexts', partition: 0, next })

/** The n-th version of a growing context. */
const grown = (name: string, n: number) =>
  aContext({ name, version: { epoch: 1, offset: n }, spells: [aSpell(0, n)] })

const write = async ({ writer }: TestStore, name: string, versions: number): Promise<void> => {
  for (let n = 1; n <= versions; n++) await writer.applyContexts([grown(name, n)], at(n))
}

const idOf = (name: string): string => incidentIdOf(aContext({ name }).key, 1)
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1)
const waiting = 'outbox where seq is null and error is null'

const killRelays = ({ sql }: TestStore): Promise<unknown> =>
  sql(`select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'kubesift-relay' and datname = current_database()`)

test('everything is published once and in order per incident; the changes are numbered without a hole', async () => {
  await using store = await aStore()
  const published = new Published()
  await using _relay = runRelay(store.backing.databaseUrl, published.publish)
  await Promise.all([write(store, 'a', 10), write(store, 'b', 10)])
  await expect.poll(() => store.count(waiting), { timeout: 10_000 }).toBe(0)
  expect(published.revisionsOf(idOf('a'))).toEqual(upTo(10))
  expect(published.revisionsOf(idOf('b'))).toEqual(upTo(10))
  expect(new Set(published.ids).size).toBe(published.ids.length)
  const numbers = await store.sql<{ seq: string }>('select seq from outbox order by seq')
  expect(numbers.map(({ seq }) => Number(seq))).toEqual(upTo(20))
  expect(await store.sql('select distinct topic from outbox')).toEqual([{ topic: 'incidents' }])
})

test('a relay that dies after publishing and before marking publishes again, under the same ids', async () => {
  await using store = await aStore()
  await write(store, 'a', 3)
  const published = new Published()
  let deaths = 0
  published.after = async () => {
    if (deaths++ < 2) await killRelays(store)
  }
  await using _relay = runRelay(store.backing.databaseUrl, published.publish)
  await expect.poll(() => store.count(waiting), { timeout: 10_000 }).toBe(0)
  expect(deaths).toBe(3)
  const once = published.ids.slice(0, 4)
  expect(published.ids).toEqual([...once, ...once, ...once])
  expect(published.revisionsOf(idOf('a'))).toEqual([1, 2, 3])
  expect(await store.count('outbox')).toBe(3)
})

test('of two relays one works; when it dies the other takes over', async () => {
  await using store = await aStore()
  const url = store.backing.databaseUrl
  const topics = [new Published(), new Published()]
  const leads = [false, false]
  await using _one = runRelay(url, topics[0]!.publish, { leading: (is) => void (leads[0] = is) })
  await expect.poll(() => leads).toEqual([true, false])
  const two = runRelay(url, topics[1]!.publish, { leading: (is) => void (leads[1] = is) })
  await write(store, 'a', 5)
  await expect.poll(() => store.count(waiting)).toBe(0)
  expect(topics.map((t) => t.revisionsOf(idOf('a')))).toEqual([upTo(5), []])
  await two[Symbol.asyncDispose]()
  await using _three = runRelay(url, topics[1]!.publish, { leading: (is) => void (leads[1] = is) })
  await _one[Symbol.asyncDispose]()
  await expect.poll(() => leads, { timeout: 5_000 }).toEqual([false, true])
  await write(store, 'b', 5)
  await expect.poll(() => store.count(waiting)).toBe(0)
  expect(topics.map((t) => t.revisionsOf(idOf('b')))).toEqual([[], upTo(5)])
})

test('a topic that is away is waited for, and nothing is lost', async () => {
  await using store = await aStore()
  const published = new Published()
  const blocked: (string | undefined)[] = []
  let away = true
  const publish = async (batch: readonly OutboxMessage[]): Promise<void> => {
    if (away) throw new DependencyUnavailable('kafka is away')
    await published.publish(batch)
  }
  await using _relay = runRelay(store.backing.databaseUrl, publish, {
    blocked: (why) => void blocked.push(why),
  })
  await write(store, 'a', 3)
  await expect.poll(() => blocked).toContain('kafka is away')
  away = false
  await expect.poll(() => store.count(waiting), { timeout: 5_000 }).toBe(0)
  expect(published.revisionsOf(idOf('a'))).toEqual([1, 2, 3])
  expect(blocked.at(-1)).toBeUndefined()
})

test('a message that its topic can never take is set aside with the reason, and the rest goes on', async () => {
  await using store = await aStore()
  const published = new Published()
  const publish = async (batch: readonly OutboxMessage[]): Promise<void> => {
    const isBad = ({ topic, payload }: OutboxMessage): boolean =>
      topic === 'incidents' && (payload as Incident).resourceName === 'huge'
    if (batch.some(isBad)) throw new ContractViolation('too large')
    await published.publish(batch)
  }
  await write(store, 'a', 1)
  await write(store, 'huge', 1)
  await write(store, 'b', 1)
  await using _relay = runRelay(store.backing.databaseUrl, publish)
  await expect.poll(() => store.count(waiting), { timeout: 5_000 }).toBe(0)
  expect(await store.sql('select topic, error from outbox where error is not null')).toEqual([
    { topic: 'incidents', error: 'too large' },
  ])
  expect(published.ids).toHaveLength(5)
})

test('a watcher that comes and goes sees every change once and in order, under concurrent writers', async () => {
  await using store = await aStore()
  const url = store.backing.databaseUrl
  await using _relay = runRelay(url, new Published().publish)
  const feed = new ChangeFeed(store.database, url)
  let cursor = await feed.now()
  const seen: string[] = []
  const names = ['a', 'b', 'c', 'd']
  const writing = Promise.all(names.map((name) => write(store, name, 15)))
  const takeSome = async (): Promise<number> => {
    const answer = await feed.after(cursor, 3)
    if (!answer.ok) throw new Error(answer.gone)
    for (const { seq, incident } of answer.changes) {
      cursor = { ...cursor, seq }
      seen.push(`${incident.resourceName}@${incident.revision}`)
    }
    return seen.length
  }
  await expect.poll(takeSome, { timeout: 20_000, interval: 5 }).toBe(60)
  await writing
  for (const name of names) {
    expect(seen.filter((s) => s.startsWith(`${name}@`))).toEqual(
      upTo(15).map((n) => `${name}@${n}`),
    )
  }
})
