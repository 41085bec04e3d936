import { ContractViolation, DependencyUnavailable } from '@kubesift/contracts'
import { expect, test, vi } from 'vitest'
import type { Batch } from './consume-options.ts'
import { aCorner, type Corner, readAll } from './testing/a-topic.ts'
import { collect, numbers, type Thing } from './testing/things.ts'

const until = vi.waitUntil
const waiting = { timeout: 40_000, interval: 20 }

const committed = async ({ kafka }: Corner): Promise<number> => {
  const admin = kafka.client.admin()
  await admin.connect()
  const [found] = await admin.fetchOffsets({
    groupId: kafka.named('g'),
    topics: [kafka.named('things')],
  })
  await admin.disconnect()
  return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
}

const poison = (corner: Corner, text: string): Promise<void> =>
  corner.producer.publishRaw('things', [{ key: 'p', value: Buffer.from(text) }])

test('hands over whole batches within the bounds, and commits the next offset', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(25))
  const sizes: number[] = []
  const run = corner.start({
    batchMax: 10,
    handle: async (batch) => {
      sizes.push(batch.records.length)
      return { through: batch.lastOffset }
    },
  })
  await until(() => run.consumer.positions().get(0)?.next === 25, waiting)
  await run.stop()
  expect(sizes).toEqual([10, 10, 5])
  expect(await committed(corner)).toBe(25)
})

test('a poison record goes to the dead letters with its reason, and the next one is processed', async () => {
  await using corner = await aCorner()
  const seen: Thing[] = []
  await corner.send({ id: 'a', n: 1 })
  await poison(corner, '{not json')
  await corner.send({ id: 'b', n: 2 })
  corner.start({ handle: collect(seen), stage: 'normalise' })
  await until(() => seen.length === 2, waiting)
  const [letter] = await readAll(corner.kafka, 'things.dlq', 1)
  expect(letter?.value).toBe('{not json')
  expect(letter?.headers).toMatchObject({
    'dlq-stage': 'normalise',
    'dlq-topic': 'things',
    'dlq-partition': '0',
    'dlq-offset': '1',
  })
  expect(letter?.headers['dlq-error']).toMatch(/not JSON/)
  expect(letter?.headers['dlq-time']).toMatch(/^\d{4}-\d\d-\d\dT/)
})

test('of a batch that cannot be processed only the record at fault is parked', async () => {
  await using corner = await aCorner()
  const seen: number[] = []
  await corner.send(...numbers(5))
  const run = corner.start({
    handle: async (batch) => {
      if (batch.records.some(({ value }) => value.n === 3)) throw new ContractViolation('no threes')
      seen.push(...batch.records.map(({ value }) => value.n))
      return { through: batch.lastOffset }
    },
  })
  await until(() => run.consumer.positions().get(0)?.next === 5, waiting)
  expect(seen).toEqual([0, 1, 2, 4])
  const [letter] = await readAll(corner.kafka, 'things.dlq', 1)
  expect(letter?.headers).toMatchObject({ 'dlq-error': 'no threes', 'dlq-offset': '3' })
})

test('parked entries are named, and the rest of their record counts', async () => {
  await using corner = await aCorner()
  await corner.send({ id: 'a', n: 1 })
  corner.start({
    handle: async (batch) => ({
      through: batch.lastOffset,
      parked: batch.records.map((record) => ({ record, why: 'two bad entries', entries: [1, 4] })),
    }),
  })
  const [letter] = await readAll(corner.kafka, 'things.dlq', 1)
  expect(letter?.headers).toMatchObject({ 'dlq-entries': '1,4', 'dlq-error': 'two bad entries' })
})

test('a dependency that is down pauses the partition, says so once, and goes on by itself', async () => {
  await using corner = await aCorner()
  const seen: Thing[] = []
  const offsets: number[] = []
  await corner.send(...numbers(3))
  let attempts = 0
  const run = corner.start({
    handle: async (batch) => {
      offsets.push(batch.firstOffset)
      if (++attempts <= 4) throw new DependencyUnavailable('postgres at h:1 does not answer')
      return collect(seen)(batch)
    },
  })
  await until(() => run.consumer.reasons().some((why) => why.startsWith('postgres')), waiting)
  expect(run.consumer.reasons()).toEqual(['postgres at h:1 does not answer'])
  await until(() => seen.length === 3, waiting)
  await until(() => run.consumer.reasons().length === 0, waiting)
  expect(offsets).toEqual([0, 0, 0, 0, 0])
  const lines = corner.log.lines.filter((line) => line.includes('g on'))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/waiting: postgres/)
  expect(lines[1]).toMatch(/back after/)
})

test('an error that is no Failure ends the loop, and commits nothing of its batch', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(3))
  const run = corner.start({
    handle: () => Promise.reject(new TypeError('x is not a function')),
  })
  await expect(run.ended).rejects.toThrow(TypeError)
  expect(await committed(corner)).toBe(0)
})

test('what was not durable comes again after a restart, and nothing else', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(10))
  const first = corner.start({
    batchMax: 4,
    handle: async (batch) => {
      if (batch.firstOffset >= 4) throw new RangeError('killed')
      return { through: batch.lastOffset }
    },
  })
  await expect(first.ended).rejects.toThrow('killed')
  const seen: Thing[] = []
  corner.start({ handle: collect(seen) })
  await until(() => seen.length >= 6, waiting)
  expect(seen.map(({ n }) => n)).toEqual([4, 5, 6, 7, 8, 9])
})

test('a handler that got only part of the way is handed the rest', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(5))
  const firsts: number[] = []
  const run = corner.start({
    handle: async (batch) => {
      firsts.push(batch.firstOffset)
      return { through: Math.min(batch.lastOffset, batch.firstOffset + 1) }
    },
  })
  await until(() => run.consumer.positions().get(0)?.next === 5, waiting)
  expect(firsts).toEqual([0, 2, 4])
})

test('two consumers share the partitions and lose nothing when one joins and one leaves', async () => {
  await using corner = await aCorner({ partitions: 4 })
  const seen = new Set<number>()
  const handle = async (batch: Batch<Thing>) => {
    for (const { value } of batch.records) seen.add(value.n)
    return { through: batch.lastOffset }
  }
  const one = corner.start({ handle })
  await corner.send(...numbers(100))
  await until(() => one.consumer.positions().size === 4, waiting)
  const two = corner.start({ handle, kafka: corner.another() })
  await until(
    () => one.consumer.positions().size === 2 && two.consumer.positions().size === 2,
    waiting,
  )
  await corner.send(...numbers(100, 100))
  await one.stop()
  await corner.send(...numbers(100, 200))
  await until(() => seen.size === 300, waiting)
  expect(two.consumer.positions().size).toBe(4)
})

test('a handler slower than the session keeps its membership and is not handed its batch twice', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(2))
  let calls = 0
  const run = corner.start({
    handle: async (batch) => {
      calls++
      await new Promise((resolve) => setTimeout(resolve, 9_000))
      return { through: batch.lastOffset }
    },
  })
  await until(() => run.consumer.positions().get(0)?.next === 2, waiting)
  expect(calls).toBe(1)
  await run.stop()
  expect(await committed(corner)).toBe(2)
})

test('a stop finishes and commits the batch in hand', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(10))
  let begun: () => void = () => undefined
  const inHand = new Promise<void>((resolve) => {
    begun = resolve
  })
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let calls = 0
  const run = corner.start({
    batchMax: 4,
    handle: async (batch) => {
      calls++
      begun()
      await released
      expect(batch.isStale()).toBe(true)
      return { through: batch.lastOffset }
    },
  })
  await inHand
  const stopped = run.stop()
  release()
  await stopped
  expect(calls).toBe(1)
  expect(await committed(corner)).toBe(4)
})
