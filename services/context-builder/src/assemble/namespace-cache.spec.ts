import type { Stored } from '@kubesift/adapter-redis'
import { encodeChunk } from '@kubesift/adapter-signals'
import { namespaceKey, type Catalogue, type EventSignal, type Signal } from '@kubesift/contracts'
import { Classifier, NamespaceMachine, RETIRE_AFTER_MS } from '@kubesift/core-context'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CachedNamespace, NamespaceCache } from './namespace-cache.ts'

const catalogue: Catalogue = {
  problems: [
    {
      problem: 'Boom',
      severity: 'P4',
      title: '{owner}',
      events: [{ reason: ['Boom'] }],
      states: [],
      absorbs: [],
      opens: { count: 1 },
      recovery: 'none',
      stability: 60_000,
      ttl: 3_600_000,
    },
  ],
  ignore: [],
  hash: 'test',
}
const classifier = new Classifier(catalogue)
const AT = Date.UTC(2026, 10, 21, 1)
const SOURCE = { topic: 'otel-logs', partition: 0 }
const ID = namespaceKey('lab', 'shop')

const whole = (uid: string, n: number, message = 'm'): EventSignal => ({
  t: 'event',
  event: {
    uid,
    involved: { kind: 'Pod', namespace: 'shop', name: `pod-${uid}` },
    reason: 'Boom',
    type: 'Warning',
    message,
    firstAt: AT,
  },
  tellings: [{ n, at: AT + n, offset: n, repeats: 1 }],
})

const again = (uid: string, n: number): Signal => ({
  t: 'again',
  uid,
  tellings: [{ n, at: AT + n, offset: n, repeats: 1 }],
})

const chunkOf = (signals: readonly Signal[]): Buffer =>
  encodeChunk({
    kind: 'chunk',
    cluster: 'lab',
    namespace: 'shop',
    source: SOURCE,
    signals: [...signals],
  })

/** A store that keeps in memory what Redis would. */
class Kept {
  readonly #fields = new Map<string, string>()
  #chunks: Buffer[] = []
  loads: string[][] = []

  get chunkBytes(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0)
  }

  get fieldBytes(): number {
    return [...this.#fields].reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  }

  write(saved: ReturnType<CachedNamespace['save']>, memory: ReadonlyMap<string, string>): void {
    for (const [name, value] of [...saved.fields, ...memory]) this.#fields.set(name, value)
    if (saved.saved) this.#chunks = []
    this.#chunks.push(...saved.chunks)
  }

  load(_partition: number, ids: readonly string[]): Promise<Map<string, Stored>> {
    this.loads.push([...ids])
    const stored = { fields: [...this.#fields], chunks: [...this.#chunks] }
    return Promise.resolve(new Map(ids.map((id) => [id, stored])))
  }
}

const cacheOf = (store: Pick<Kept, 'load'>, max = 10): NamespaceCache =>
  new NamespaceCache(store, 0, classifier, {
    cachedNamespaces: max,
    retireAfterMs: RETIRE_AFTER_MS,
  })

/** One batch of a namespace, as the holder of a partition handles it. */
const take = (namespace: CachedNamespace, store: Kept, signals: readonly Signal[]): boolean => {
  for (const signal of signals) namespace.machine.apply(signal, SOURCE)
  const { fields } = namespace.machine.settle(AT, [])
  const saved = namespace.save([chunkOf(signals)])
  store.write(saved, fields)
  return saved.saved
}

const loaded = async (store: Kept): Promise<CachedNamespace> => {
  const cache = cacheOf(store)
  await cache.warm([ID])
  return cache.get(ID)
}

const aNamespace = (): CachedNamespace =>
  new CachedNamespace(new NamespaceMachine('lab', 'shop', classifier), { fields: [], chunks: [] })

describe('what is stored of a namespace', () => {
  it('are chunks up to a size, then fields in their place, and then chunks again', () => {
    const namespace = aNamespace()
    const store = new Kept()
    const large = chunkOf([whole('u', 1, 'x'.repeat(30_000))])
    namespace.machine.apply(whole('u', 1, 'x'.repeat(30_000)), SOURCE)
    expect(namespace.save([large])).toEqual({ chunks: [large], saved: false, fields: new Map() })
    expect(namespace.save([large]).saved).toBe(false)
    const saved = namespace.save([large])
    expect(saved).toMatchObject({ chunks: [], saved: true })
    expect([...saved.fields.keys()]).toEqual(['e:u'])
    store.write(saved, new Map())
    expect(namespace.save([large])).toMatchObject({ chunks: [large], saved: false })
  })

  it('are chunks up to twice the size of the fields, also where the same fields are written again', () => {
    const namespace = aNamespace()
    const store = new Kept()
    const uids = Array.from({ length: 60 }, (_, i) => `u${i}`)
    let saves = 0
    for (let n = 1; n < 100; n += 1) {
      const signals = uids.map((uid) => whole(uid, n, 'x'.repeat(1000)))
      if (take(namespace, store, signals)) saves += 1
      expect(store.chunkBytes).toBeLessThanOrEqual(Math.max(65_536, 2 * store.fieldBytes))
    }
    expect(saves).toBeGreaterThan(20)
  })

  it('counts for the limit when it was loaded', async () => {
    const store = new Kept()
    const namespace = aNamespace()
    take(namespace, store, [whole('u', 1, 'x'.repeat(40_000))])
    expect(store.chunkBytes).toBeGreaterThan(40_000)
    expect(take(await loaded(store), store, [whole('u', 2, 'x'.repeat(40_000))])).toBe(true)
    expect(store.chunkBytes).toBe(0)
  })

  it('is the namespace in memory, at whatever point it is loaded', async () => {
    const signal = fc
      .record({ uid: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.integer({ min: 1, max: 99 }) })
      .chain(({ uid, n }) =>
        fc.constantFrom<Signal>(whole(uid, n, 'é'.repeat(7_000)), again(uid, n)),
      )
    const batch = fc.record({
      signals: fc.array(signal, { minLength: 1, maxLength: 4 }),
      reload: fc.boolean(),
    })
    let saves = 0
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 12 }), async (batches) => {
        const store = new Kept()
        const straight = new NamespaceMachine('lab', 'shop', classifier)
        let namespace = aNamespace()
        for (const { signals, reload } of batches) {
          for (const one of signals) straight.apply(one, SOURCE)
          straight.settle(AT, [])
          if (take(namespace, store, signals)) saves += 1
          const stored = await loaded(store)
          const expected = straight.republish(AT, [])
          expect(stored.machine.republish(AT, [])).toEqual(expected)
          expect(namespace.machine.republish(AT, [])).toEqual(expected)
          if (reload) namespace = stored
        }
      }),
      { numRuns: 25 },
    )
    expect(saves).toBeGreaterThan(3)
  })

  it('that cannot be read is an error that names the namespace', async () => {
    const broken = {
      load: () => Promise.resolve(new Map([[ID, { fields: [], chunks: [Buffer.from('\xff')] }]])),
    }
    await expect(cacheOf(broken).warm([ID])).rejects.toThrow('namespace lab/shop')
  })
})

describe('the namespaces in memory', () => {
  it('are loaded once, together, and dropped least recently used first', async () => {
    const store = new Kept()
    const cache = cacheOf(store, 2)
    const [a, b, c] = ['a', 'b', 'c'].map((name) => namespaceKey('lab', name)) as [
      string,
      string,
      string,
    ]
    await cache.warm([a, b, a])
    await cache.warm([b])
    expect(store.loads).toEqual([[a, b]])
    await cache.warm([c])
    cache.get(a)
    cache.trim()
    expect(() => cache.get(b)).toThrow('was not loaded')
    expect(cache.get(a)).toBe(cache.get(a))
    await cache.warm([a, b, c])
    expect(store.loads).toEqual([[a, b], [c], [b]])
  })

  it('have the names that their ids tell, whatever stands in them', async () => {
    const cache = cacheOf(new Kept())
    for (const [cluster, name] of [
      ['a/b', 'ü%'],
      ['c', ''],
    ] as const) {
      const id = namespaceKey(cluster, name)
      await cache.warm([id])
      expect(cache.get(id).machine).toMatchObject({ cluster, namespace: name })
    }
  })
})

describe('a namespace whose facts are let go', () => {
  it('is stored as fields at once, so that no chunk brings them back', () => {
    const machine = new NamespaceMachine('lab', 'shop', classifier, RETIRE_AFTER_MS)
    const cached = new CachedNamespace(machine, { fields: [], chunks: [] })
    const chunk = chunkOf([whole('u', 1)])
    machine.apply(whole('u', 1), SOURCE)
    machine.settle(AT, [])
    expect(cached.save([chunk]).chunks).toEqual([chunk])
    const sums = [1, 2, 5, 6].map((hours) =>
      machine.settle(AT + hours * 3_600_000, []).fields.get('r:Pod/pod-u'),
    )
    const { saved, chunks, fields } = cached.save([])
    expect({ saved, chunks, event: fields.get('e:u') }).toEqual({
      saved: true,
      chunks: [],
      event: '',
    })
    expect(sums.join('')).toContain('"occurrenceCount":1')
    expect(cached.save([]).saved).toBe(false)
  })
})
