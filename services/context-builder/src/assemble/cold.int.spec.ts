import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { connectRedis, ensureConnected, StateStore } from '@kubesift/adapter-redis'
import { loadCatalogue } from '@kubesift/adapter-rules'
import { encodeBundle, encodeChunk, readSignals } from '@kubesift/adapter-signals'
import type { Context, Progress, Signal, SlimObject } from '@kubesift/contracts'
import { Classifier, RETIRE_AFTER_MS } from '@kubesift/core-context'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Applied } from './held-options.ts'
import { HeldPartition } from './held-partition.ts'

/** Previews that come, are in trouble, and go: what they leave in a real Redis. */
const NAMESPACES = 10_000
const AT = Date.UTC(2026, 10, 26, 12)
const [MINUTE, HOUR] = [60_000, 3_600_000]
const RULES = fileURLToPath(new URL('../../../../rules/problems', import.meta.url))
const classifier = new Classifier(loadCatalogue(RULES))
let backing: TestBacking
let redis: ReturnType<typeof connectRedis>
beforeAll(async () => {
  backing = await testBacking()
  redis = connectRedis(backing.redisUrl)
  await ensureConnected(redis)
})
afterAll(async () => {
  redis.disconnect()
  await backing.dispose()
})

let offset = 0
const of = (value: Buffer): Applied => {
  const read = readSignals(value)
  if (!read.ok) throw new Error(read.why)
  return { offset: offset++, value: read.value, traceparent: undefined }
}

const SOURCE = { topic: 'otel-logs', partition: 0 }

const uidOf = (i: number, what: number): string =>
  `0d5b1f1e-0000-4000-8${what}00-${String(i).padStart(12, '0')}`

const podOf = (i: number): SlimObject => ({
  uid: uidOf(i, 0),
  kind: 'Pod',
  apiVersion: 'v1',
  namespace: `pr-${i}`,
  name: `checkout-7d9f8b6c5d-x2x4z`,
  rv: '1',
  labels: { app: 'checkout' },
  annotations: {},
  owners: [{ kind: 'ReplicaSet', name: 'checkout-7d9f8b6c5d', uid: uidOf(i, 3), controller: true }],
  createdAt: AT - MINUTE,
})

const backOff = (i: number, n: number, at: number): Signal => ({
  t: 'event',
  event: {
    uid: uidOf(i, 1),
    involved: { kind: 'Pod', namespace: `pr-${i}`, name: podOf(i).name, uid: podOf(i).uid },
    reason: 'BackOff',
    type: 'Warning',
    message: `Back-off restarting failed container checkout in pod ${podOf(i).name}_pr-${i}(3e1c)`,
    firstAt: AT,
  },
  tellings: [{ n, at, offset: n, repeats: 1 }],
})

const object = (i: number, at: number, deleted: boolean): Signal => ({
  t: 'object',
  object: podOf(i),
  observedAt: at,
  offsets: [i],
  repeats: 1,
  ...(deleted ? { deleted } : {}),
})

const chunkOf = (i: number, ...signals: Signal[]): Buffer =>
  encodeChunk({ kind: 'chunk', cluster: 'c', namespace: `pr-${i}`, source: SOURCE, signals })

const progress = (hours: number): Applied => {
  const at = AT + hours * HOUR
  const clusters = { c: { objectsFrom: AT, objectsAt: at, objectsArrivedAt: at, home: 5 } }
  const message: Progress = {
    kind: 'progress',
    topic: 'otel-logs',
    partitions: 1,
    writtenAt: at,
    reports: [{ partition: 0, next: 1, caughtUp: true, asOf: at, clusters }],
  }
  return of(Buffer.from(JSON.stringify(message)))
}

const aPartition = async (prefix: string): Promise<HeldPartition> => {
  const store = new StateStore(redis, prefix)
  return new HeldPartition(
    {
      store,
      classifier,
      // Fewer than there are: what is due for long is loaded, says its last word again, and may be dropped before it is let go.
      cachedNamespaces: NAMESPACES / 4,
      retireAfterMs: RETIRE_AFTER_MS,
      latenessMs: 0,
      blindMs: 100 * 24 * HOUR,
      refreshMs: 10_000,
    },
    await store.claim(0),
  )
}

const bytesOf = async (prefix: string): Promise<{ keys: number; bytes: number }> => {
  const keys = await redis.keys(`${prefix}*`)
  const pipeline = redis.pipeline()
  for (const key of keys) pipeline.memory('USAGE', key)
  const replies = (await pipeline.exec()) ?? []
  return { keys: keys.length, bytes: replies.reduce((sum, [, n]) => sum + Number(n), 0) }
}

const inBatches = async (
  partition: HeldPartition,
  count: number,
  chunk: (i: number) => Buffer,
): Promise<void> => {
  for (let from = 0; from < count; from += 500) {
    const chunks = Array.from({ length: Math.min(500, count - from) }, (_, i) => chunk(from + i))
    await partition.apply([of(encodeBundle(chunks))])
  }
}

const told = (contexts: readonly Context[]): unknown[] =>
  contexts.map(({ key, occurrenceCount, spells }) => [key, occurrenceCount, spells.length])

test(
  `${NAMESPACES} namespaces that came, were in trouble and went leave little in Redis, and what comes for one later is counted on`,
  { timeout: 300_000 },
  async () => {
    const prefix = `cold${randomBytes(5).toString('hex')}:`
    const partition = await aPartition(prefix)
    await inBatches(partition, NAMESPACES, (i) =>
      chunkOf(i, object(i, AT, false), backOff(i, 4, AT + MINUTE)),
    )
    await inBatches(partition, NAMESPACES, (i) => chunkOf(i, object(i, AT + 9 * MINUTE, true)))
    await partition.apply([progress(0.5)])
    await partition.markPublished()
    const whileThere = await bytesOf(prefix)
    for (const hours of [1, 5, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, 5.7])
      await partition.apply([progress(hours)])
    await partition.markPublished()
    const retired = await bytesOf(prefix)
    for (const hours of [9, 10, 11, 12]) await partition.apply([progress(hours)])
    const cold = await bytesOf(prefix)
    const each = ({ bytes }: { bytes: number }): string => (bytes / NAMESPACES).toFixed(0)
    process.stdout.write(
      `Redis, bytes each of ${NAMESPACES} namespaces: ${each(whileThere)} in trouble, ${each(retired)} retired, ${each(cold)} cold\n`,
    )
    expect(cold.bytes).toBeLessThan(retired.bytes / 2)
    expect(cold.bytes / NAMESPACES).toBeLessThan(1_500)

    // Another holder, with nothing in memory: what is late changes nothing, what is new is counted on from the sums.
    const successor = await aPartition(prefix)
    expect(
      await successor.apply([of(encodeBundle([chunkOf(3, backOff(3, 4, AT + MINUTE))]))]),
    ).toEqual([])
    expect(successor.counted.takeLate()).toMatchObject([
      { namespace: 'pr-3', kinds: { Pod: { records: 1 } } },
    ])
    const anew: Signal = backOff(4, 1, AT + 30 * HOUR)
    const event = anew.t === 'event' ? { ...anew.event, uid: uidOf(4, 2) } : undefined
    const tellings = [{ n: 3, at: AT + 30 * HOUR, offset: 1, repeats: 1 }]
    const chunk = chunkOf(4, { t: 'event', event: event!, tellings })
    const contexts = await successor.apply([of(encodeBundle([chunk]))])
    expect(told(contexts)).toEqual([['c/pr-4/Deployment/checkout/CrashLoop', 7, 2]])
    await redis.del(await redis.keys(`${prefix}*`))
  },
)

test('namespaces in which nothing was ever wrong leave nothing at all', async () => {
  const prefix = `fine${randomBytes(5).toString('hex')}:`
  const partition = await aPartition(prefix)
  await inBatches(partition, 50, (i) => chunkOf(i, object(i, AT, false)))
  await inBatches(partition, 50, (i) => chunkOf(i, object(i, AT + MINUTE, true)))
  const keysBefore = (await bytesOf(prefix)).keys
  for (const hours of [0, 4, 5, 8, 9, 12, 200, 201]) await partition.apply([progress(hours)])
  const left = await redis.keys(`${prefix}*`)
  expect(keysBefore).toBeGreaterThan(50)
  expect(left.filter((key) => key.includes('pr-'))).toEqual([])
  await redis.del(left)
})
