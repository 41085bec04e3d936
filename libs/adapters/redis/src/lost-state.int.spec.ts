import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { connectRedis } from './connect.ts'
import { StateStore, type NamespaceWrite } from './state-store.ts'

const redis: Redis = connectRedis(inject('kubesiftBacking').redisUrl)
afterAll(() => redis.disconnect())

const aStore = (): StateStore => new StateStore(redis, `t${randomBytes(5).toString('hex')}:`)

const namespace = (id: string, more: Partial<NamespaceWrite>): NamespaceWrite => ({
  id,
  chunks: [],
  saved: false,
  fields: new Map(),
  timer: { at: null, stale: false },
  publish: false,
  ...more,
})

describe('a state', () => {
  test('begins from nothing in portions, and counts as lost until the last of them is there', async () => {
    const store = aStore()
    const held = await store.claim(0)
    const text = 'x'.repeat(1_000_000)
    const fields = new Map(Array.from({ length: 10 }, (_, i) => [`r:${i}`, text]))
    const rest = { epoch: 2, next: 3, until: 9, measured: [] }
    function* dying() {
      yield namespace('a', { fields })
      throw new Error('killed')
    }
    await expect(store.begin(held, { ...rest, namespaces: dying() })).rejects.toThrow('killed')
    const next = await store.claim(0)
    expect(next.next).toBeNull()
    expect((await store.standings([0])).size).toBe(0)
    const timer = { at: 5, stale: false }
    const namespaces = ['b', 'c'].map((id) => namespace(id, { fields, timer }))
    const begun = await store.begin(next, { ...rest, namespaces })
    expect(begun).toMatchObject({ epoch: 2, next: 3, rebuild: { until: 9 } })
    expect([...begun.timers]).toEqual([
      ['b', timer],
      ['c', timer],
    ])
    const stored = await store.load(0, ['a', 'b', 'c'])
    expect(stored.get('a')?.fields).toEqual([])
    for (const id of ['b', 'c']) expect(new Map(stored.get(id)?.fields)).toEqual(fields)
  })

  test('that was lost counts as whole when that is said, and as less after it is forgotten', async () => {
    const store = aStore()
    const rest = { next: 0, until: 1, since: 77, measured: [], namespaces: [] }
    const begun = await store.begin(await store.claim(0), { epoch: 2, ...rest })
    await store.write(begun, { expected: 0, next: 1, namespaces: [] })
    expect((await store.standings([0])).get(0)?.isWhole).toBe(false)
    const heir = await store.claim(0)
    expect(heir.rebuild).toEqual({ until: 1, measured: [], since: 77, from: 0 })
    await store.whole(heir)
    expect((await store.standings([0])).get(0)?.isWhole).toBe(true)
    expect((await store.claim(0)).rebuild).toBeUndefined()
    await store.forget(0)
    await store.forget(0)
    expect(await store.claim(0)).toMatchObject({ epoch: 4, next: null })
  })
})
