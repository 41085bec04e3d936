import type { Parsed } from '@kubesift/contracts'
import { expect, test, vi } from 'vitest'
import type { Batch, ConsumeOptions } from './consume-options.ts'
import { consumeBatches } from './consumer.ts'
import { aCorner, type Corner, readAll } from './testing/a-topic.ts'
import { numbers, type Thing } from './testing/things.ts'

const waiting = { timeout: 40_000, interval: 20 }

interface Odd {
  readonly length: number
}

/** Values of an odd number of bytes. */
const decode = (value: Buffer): Parsed<Odd> =>
  value.length % 2 === 1
    ? { ok: true, value: { length: value.length } }
    : { ok: false, why: `${value.length} bytes are even` }

/** Consumes the corner's topic by its plain name until the work is done. */
const consuming = async (
  { kafka }: Corner,
  options: Pick<ConsumeOptions<Odd>, 'handle' | 'fetchBytes' | 'batchBytes'>,
  until: () => boolean,
): Promise<void> => {
  const stop = new AbortController()
  const consumer = consumeBatches({
    kafka,
    topic: 'things',
    decode,
    groupId: 'decoded',
    maxWaitMs: 100,
    ...options,
  })
  const running = consumer.run(stop.signal)
  await vi.waitUntil(until, waiting)
  stop.abort()
  await running
}

const collecting = (batches: Batch<Odd>[]): Pick<ConsumeOptions<Odd>, 'handle'> => ({
  handle: async (batch) => {
    batches.push(batch)
    return { through: batch.lastOffset }
  },
})

const countOf = (batches: readonly Batch<Odd>[]): number =>
  batches.reduce((sum, { records }) => sum + records.length, 0)

test('a topic by its plain name is read by the decoder given, under the prefix, and parked where that refuses', async () => {
  await using corner = await aCorner()
  const values = ['a', 'bb', 'ccc'].map((text) => ({ key: 'k', value: Buffer.from(text) }))
  await corner.producer.publishRaw('things', values)
  const batches: Batch<Odd>[] = []
  await consuming(corner, collecting(batches), () => countOf(batches) === 2)
  expect(batches.map(({ topic }) => topic)).toContain('things')
  expect(batches.flatMap(({ records }) => records.map((r) => [r.offset, r.value.length]))).toEqual([
    [0, 1],
    [2, 3],
  ])
  const [letter] = await readAll(corner.kafka, 'things.dlq', 1)
  expect(letter).toMatchObject({
    value: 'bb',
    headers: { 'dlq-error': '2 bytes are even', 'dlq-offset': '1', 'dlq-topic': 'things' },
  })
})

test('one fetch brings as much as it was allowed, and one record that is larger all the same', async () => {
  await using corner = await aCorner()
  const value = Buffer.alloc(10_001, 1)
  // Each in a batch of its own: a broker gives nothing less.
  for (let i = 0; i < 30; i += 1) await corner.producer.publishRaw('things', [{ value }])
  await corner.producer.publishRaw('things', [{ value: Buffer.alloc(600_001, 2) }])
  const small: Batch<Odd>[] = []
  await consuming(
    corner,
    { ...collecting(small), fetchBytes: 25_000, batchBytes: 8_000_000 },
    () => countOf(small) === 31,
  )
  const sizes = small.map(({ records }) => records.reduce((sum, r) => sum + r.value.length, 0))
  expect(Math.max(...sizes.slice(0, -1))).toBeLessThan(35_000)
  expect(sizes.at(-1)).toBeGreaterThanOrEqual(600_001)
})

test('one fetch may bring more than kafkajs asks for by itself', async () => {
  await using corner = await aCorner()
  const value = Buffer.alloc(300_001, 1)
  for (let i = 0; i < 10; i += 1) await corner.producer.publishRaw('things', [{ value }])
  const large: Batch<Odd>[] = []
  await consuming(
    corner,
    { ...collecting(large), fetchBytes: 8_000_000, batchBytes: 8_000_000 },
    () => countOf(large) === 10,
  )
  expect(large).toHaveLength(1)
  expect(large[0]?.records.every((r) => r.raw?.equals(value) === true)).toBe(true)
})

test('messages go in the form and to the partition that their producer chooses, whatever their keys', async () => {
  await using corner = await aCorner({ partitions: 4 })
  const sent = numbers(40)
  await corner.producer.publish(corner.things, sent, {
    form: { contentType: 'application/odd', encode: ({ n }: Thing) => Buffer.alloc(2 * n + 1, n) },
    partition: ({ n }) => n % 4,
  })
  const batches: Batch<Odd>[] = []
  await consuming(corner, collecting(batches), () => countOf(batches) === 40)
  for (const { partition, records } of batches)
    for (const { raw, key, headers } of records) {
      const n = ((raw?.length ?? 0) - 1) / 2
      expect([n % 4, key]).toEqual([partition, `id-${n}`])
      expect(raw).toEqual(Buffer.alloc(2 * n + 1, n))
      expect(headers).toMatchObject({ 'content-type': 'application/odd', ce_id: `id-${n}/${n}` })
    }
})

test('messages go all to the one partition that is named, in order', async () => {
  await using corner = await aCorner({ partitions: 4 })
  await corner.producer.publish(corner.things, numbers(20), {
    form: { contentType: 'application/odd', encode: ({ n }: Thing) => Buffer.alloc(2 * n + 1) },
    partition: 2,
  })
  const batches: Batch<Odd>[] = []
  await consuming(corner, collecting(batches), () => countOf(batches) === 20)
  expect(new Set(batches.map(({ partition }) => partition))).toEqual(new Set([2]))
  expect(batches.flatMap(({ records }) => records.map((r) => r.value.length))).toEqual(
    Array.from({ length: 20 }, (_, n) => 2 * n + 1),
  )
})

test('a message whose own form is too large for its topic is a failure of its own', async () => {
  await using corner = await aCorner({ maxMessageBytes: 20_000 })
  const large = corner.producer.publish(corner.things, numbers(1), {
    form: { contentType: 'application/odd', encode: () => Buffer.alloc(30_000) },
    partition: 0,
  })
  await expect(large).rejects.toThrow('refuses a message of')
})
