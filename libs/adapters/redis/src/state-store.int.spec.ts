import { randomBytes } from 'node:crypto'
import { Fenced } from '@kubesift/contracts'
import { NO_CLOCK, type Clock } from '@kubesift/core-context'
import type { Redis } from 'ioredis'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { connectRedis, ensureConnected } from './connect.ts'
import type { Timer } from './claim.ts'
import { StateStore, type NamespaceWrite, type Write } from './state-store.ts'

declare module 'vitest' {
  interface ProvidedContext {
    kubesiftBacking: { kafkaBrokers: string; databaseUrl: string; redisUrl: string }
  }
}

const redis: Redis = connectRedis(inject('kubesiftBacking').redisUrl)
afterAll(() => redis.disconnect())

const aStore = (): StateStore => new StateStore(redis, `t${randomBytes(5).toString('hex')}:`)

const NONE: Timer = { at: null, stale: false }

const namespace = (id: string, more: Partial<NamespaceWrite> = {}): NamespaceWrite => ({
  id,
  chunks: [],
  saved: false,
  fields: new Map(),
  timer: NONE,
  publish: false,
  ...more,
})

const write = (next: number, more: Partial<Write> = {}): Write => ({
  expected: next === 1 ? null : next - 1,
  next,
  namespaces: [],
  ...more,
})

const clock: Clock = { ...NO_CLOCK, reached: { lab: 1_795_223_321_000.25 } }

describe('a partition', () => {
  test('that nobody has written has no position, no clock, and nothing to publish or decide', async () => {
    expect(await aStore().claim(3)).toEqual({
      partition: 3,
      token: '1',
      epoch: 1,
      next: null,
      clock: NO_CLOCK,
      pending: [],
      timers: new Map(),
    })
  })

  test('has no field any more that was written empty, and keeps no key of what has none', async () => {
    const store = aStore()
    const claim = await store.claim(0)
    const saved = { saved: true, chunks: [] }
    const both = new Map([
      ['e:u', '{}'],
      ['o:u', '{}'],
    ])
    await store.write(claim, write(1, { namespaces: [namespace('c/n', { fields: both })] }))
    const gone = new Map([['e:u', '']])
    await store.write(
      claim,
      write(2, { namespaces: [namespace('c/n', { ...saved, fields: gone })] }),
    )
    expect((await store.load(0, ['c/n'])).get('c/n')?.fields).toEqual([['o:u', '{}']])
    const all = new Map([['o:u', '']])
    await store.write(
      claim,
      write(3, { namespaces: [namespace('c/n', { ...saved, fields: all })] }),
    )
    expect((await store.load(0, ['c/n'])).get('c/n')).toEqual({ fields: [], chunks: [] })
  })

  test('stands where it was written last, with the clock of then, whoever claims it', async () => {
    const store = aStore()
    const first = await store.claim(0)
    await store.write(first, write(1, { clock }))
    await store.write(first, write(2))
    const second = await store.claim(0)
    expect(second).toMatchObject({ token: '2', next: 2, clock })
    expect(await store.claim(1)).toMatchObject({ token: '1', next: null, clock: NO_CLOCK })
  })

  test('belongs to the newest claim alone: a former holder writes, and marks, nothing', async () => {
    const store = aStore()
    const former = await store.claim(0)
    await store.write(
      former,
      write(1, { namespaces: [namespace('a', { publish: true, chunks: [Buffer.from('1')] })] }),
    )
    const holder = await store.claim(0)
    expect([await store.holds(former), await store.holds(holder)]).toEqual([false, true])
    const late = write(2, {
      clock,
      namespaces: [
        namespace('a', {
          saved: true,
          fields: new Map([['e:1', 'late']]),
          timer: { at: 1, stale: true },
        }),
      ],
    })
    await expect(store.write(former, late)).rejects.toThrow(Fenced)
    await expect(store.published(former, 1)).rejects.toThrow(Fenced)
    expect(await store.claim(0)).toMatchObject({
      next: 1,
      clock: NO_CLOCK,
      pending: ['a'],
      timers: new Map(),
    })
    expect((await store.load(0, ['a'])).get('a')).toEqual({
      fields: [],
      chunks: [Buffer.from('1')],
    })
  })

  test('is written only from the position that was read', async () => {
    const store = aStore()
    const claim = await store.claim(0)
    await expect(store.write(claim, { expected: 0, next: 1, namespaces: [] })).rejects.toThrow(
      Fenced,
    )
    await store.write(claim, write(1, { namespaces: [namespace('a', { publish: true })] }))
    // The same write once more, as after an answer that was lost.
    await expect(store.write(claim, write(1))).rejects.toThrow(Fenced)
    await store.write(claim, { expected: 1, next: 2 ** 53 - 1, namespaces: [] })
    await expect(store.published(claim, 1)).rejects.toThrow(Fenced)
    expect((await store.claim(0)).next).toBe(2 ** 53 - 1)
  })

  test('has to be published what was written so, until that has been done', async () => {
    const store = aStore()
    const claim = await store.claim(0)
    const namespaces = [
      namespace('a', { publish: true }),
      namespace('b'),
      namespace('lab/ü', { publish: true }),
    ]
    await store.write(claim, write(1, { namespaces }))
    await store.write(claim, write(2, { namespaces: [namespace('a')] }))
    expect(new Set((await store.claim(0)).pending)).toEqual(new Set(['a', 'lab/ü']))
    const holder = await store.claim(0)
    await store.published(holder, 2)
    expect((await store.claim(0)).pending).toEqual([])
  })
})

describe('the timer of a namespace', () => {
  test.each<Timer>([
    { at: 0, stale: false },
    { at: 1_795_223_321_000, stale: false },
    { at: 1_795_223_321_000.25, stale: false },
    { at: null, stale: true },
    { at: 0, stale: true },
    { at: 1_795_223_321_000, stale: true },
    { at: 1_795_223_321_000.25, stale: true },
  ])('is read as it was written: %o', async (timer) => {
    const store = aStore()
    const claim = await store.claim(0)
    await store.write(claim, write(1, { namespaces: [namespace('a', { timer })] }))
    expect((await store.claim(0)).timers).toEqual(new Map([['a', timer]]))
  })

  test('goes when there is nothing to decide, and only that one', async () => {
    const store = aStore()
    const claim = await store.claim(0)
    const some: Timer = { at: 5, stale: true }
    const namespaces = ['a', 'b'].map((id) => namespace(id, { timer: some }))
    await store.write(claim, write(1, { namespaces }))
    await store.write(claim, write(2, { namespaces: [namespace('a')] }))
    expect((await store.claim(0)).timers).toEqual(new Map([['b', some]]))
  })
})

describe('the state of a namespace', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))

  test('is its fields, the newest of each name, and its chunks in order, byte for byte', async () => {
    const store = aStore()
    const claim = await store.claim(0)
    const odd = 'é\0\ud83d\ude00"'
    const chunks = [bytes, Buffer.alloc(0), Buffer.from([0x0a, 0xff, 0xfe])]
    const fields = new Map([
      ['e:1', 'one'],
      [`e:${odd}`, odd],
    ])
    await store.write(claim, write(1, { namespaces: [namespace('a', { chunks, fields })] }))
    const more = namespace('a', { chunks: [bytes], fields: new Map([['e:1', 'two']]) })
    await store.write(claim, write(2, { namespaces: [more, namespace('b', { chunks: [bytes] })] }))
    const stored = await store.load(0, ['a', 'b', 'nobody'])
    expect([...stored.keys()]).toEqual(['a', 'b', 'nobody'])
    expect(new Map(stored.get('a')?.fields)).toEqual(new Map([...fields, ['e:1', 'two']]))
    expect(stored.get('a')?.chunks).toEqual([...chunks, bytes])
    expect(stored.get('b')).toEqual({ fields: [], chunks: [bytes] })
    expect(stored.get('nobody')).toEqual({ fields: [], chunks: [] })
    expect((await store.load(1, ['a'])).get('a')).toEqual({ fields: [], chunks: [] })
  })

  test('loses its chunks when the fields hold them, and not those that come with the fields', async () => {
    const store = aStore()
    const claim = await store.claim(0)
    const one = namespace('a', { chunks: [bytes] })
    await store.write(claim, write(1, { namespaces: [one, namespace('b', { chunks: [bytes] })] }))
    const saved = namespace('a', {
      saved: true,
      fields: new Map([['e:1', 'all']]),
      chunks: [Buffer.from('after')],
    })
    await store.write(claim, write(2, { namespaces: [saved] }))
    const stored = await store.load(0, ['a', 'b'])
    expect(stored.get('a')).toEqual({ fields: [['e:1', 'all']], chunks: [Buffer.from('after')] })
    expect(stored.get('b')?.chunks).toEqual([bytes])
  })

  test('may be that of hundreds of namespaces in one write', async () => {
    const store = aStore()
    const claim = await store.claim(0)
    const ids = Array.from({ length: 500 }, (_, i) => `lab/n${i}`)
    const namespaces = ids.map((id, i) =>
      namespace(id, {
        chunks: [Buffer.from(id), bytes],
        fields: new Map([['e:1', id]]),
        timer: { at: i, stale: i % 2 === 0 },
        publish: i % 3 === 0,
      }),
    )
    await store.write(claim, write(1, { namespaces }))
    const stored = await store.load(0, ids)
    for (const id of ids)
      expect(stored.get(id)).toEqual({ fields: [['e:1', id]], chunks: [Buffer.from(id), bytes] })
    const { timers, pending } = await store.claim(0)
    expect(timers.get('lab/n7')).toEqual({ at: 7, stale: false })
    expect(pending).toHaveLength(167)
  })

  test('may be larger than what one call takes, and is written whole or not at all', async () => {
    const store = aStore()
    const former = await store.claim(0)
    const many = 70_000
    const fields = new Map(Array.from({ length: many }, (_, i) => [`e:${i}`, String(i)]))
    const chunks = Array.from({ length: many }, (_, i) => Buffer.from(String(i)))
    const large = { fields, chunks, timer: { at: 5, stale: false }, publish: true }
    await store.write(former, write(1, { namespaces: [namespace('a', { chunks: [bytes] })] }))
    const holder = await store.claim(0)
    const after = write(2, {
      clock,
      namespaces: [namespace('b', { chunks: [bytes] }), namespace('a', { ...large, saved: true })],
    })
    await expect(store.write(former, after)).rejects.toThrow(Fenced)
    expect((await store.load(0, ['a'])).get('a')).toEqual({ fields: [], chunks: [bytes] })
    await store.write(holder, after)
    const stored = (await store.load(0, ['a'])).get('a')!
    expect(stored.fields).toHaveLength(many)
    expect(new Map(stored.fields).get('e:69999')).toBe('69999')
    expect(Buffer.concat(stored.chunks).equals(Buffer.concat(chunks))).toBe(true)
    expect(await store.claim(0)).toMatchObject({ next: 2, clock, pending: ['a'] })
  })

  test('of an older form is left alone: reading begins anew', async () => {
    const prefix = `t${randomBytes(5).toString('hex')}:`
    await ensureConnected(redis)
    await redis.hset(`${prefix}{signals-0}:meta`, 'next', '9', 'token', '4')
    expect(await new StateStore(redis, prefix).claim(0)).toMatchObject({ token: '1', next: null })
  })
})
