import { expect, test } from 'vitest'
import { ensureTopics } from './topics.ts'
import { MessageTooLarge } from './errors.ts'
import { partitionOf } from './partitioner.ts'
import { aCorner, readAll } from './testing/a-topic.ts'
import { thingsTopic } from './testing/things.ts'

test('messages carry the CloudEvents headers, their key and the trace that caused them', async () => {
  await using corner = await aCorner()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await corner.producer.publish(corner.things, [{ id: 'a', n: 7 }], {
    traceparent: () => traceparent,
    timeOf: () => Date.UTC(2026, 0, 2),
  })
  const [message] = await readAll(corner.kafka, 'things', 1)
  expect(message?.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: 'a/7',
    ce_source: '/kubesift/test',
    ce_type: 'dev.kubesift.things.v1',
    ce_time: '2026-01-02T00:00:00.000Z',
    ce_subject: 'a',
    'content-type': 'application/json',
    traceparent,
  })
})

test('one publish of more than a record batch may hold arrives whole and in order', async () => {
  await using corner = await aCorner({ maxMessageBytes: 20_000 })
  const sent = Array.from({ length: 200 }, (_, n) => ({ id: 'x'.repeat(900), n }))
  await corner.producer.publish(corner.things, sent)
  const found = await readAll(corner.kafka, 'things', 200)
  expect(found.map(({ value }) => (JSON.parse(value ?? '') as { n: number }).n)).toEqual(
    sent.map(({ n }) => n),
  )
})

test('a message too large for its topic is a failure of its own, and the producer lives on', async () => {
  await using corner = await aCorner({ maxMessageBytes: 20_000 })
  const large = { id: 'y'.repeat(15_000), n: 1 }
  await expect(corner.send({ id: 'ok', n: 0 }, large)).rejects.toThrow(MessageTooLarge)
  await corner.send({ id: 'after', n: 2 })
  const found = await readAll(corner.kafka, 'things', 2)
  expect(found.map(({ headers }) => headers['ce_id'])).toEqual(['ok/0', 'after/2'])
})

test('a topic that takes less than its contract says still gets every message', async () => {
  await using corner = await aCorner({ maxMessageBytes: 20_000 })
  const believed = thingsTopic(1, 1_000_000)
  const sent = Array.from({ length: 100 }, (_, n) => ({ id: 'x'.repeat(900), n }))
  await corner.producer.publish(believed, sent)
  const found = await readAll(corner.kafka, 'things', 100)
  expect(new Set(found.map(({ headers }) => headers['ce_id'])).size).toBe(100)
})

test('a key goes to the partition that partitionOf says', async () => {
  await using corner = await aCorner({ partitions: 5 })
  const ids = Array.from({ length: 40 }, (_, i) => `cluster-${i}/ns-${i * 7}é`)
  await corner.send(...ids.map((id, n) => ({ id, n })))
  const byPartition = new Map<number, string[]>()
  const run = corner.start({
    handle: async (batch) => {
      const keys = batch.records.map(({ key }) => key ?? '')
      byPartition.set(batch.partition, [...(byPartition.get(batch.partition) ?? []), ...keys])
      return { through: batch.lastOffset }
    },
  })
  await expect
    .poll(() => [...byPartition.values()].flat().length, { timeout: 30_000 })
    .toBe(ids.length)
  await run.stop()
  for (const [partition, keys] of byPartition) {
    for (const key of keys) expect(partitionOf(key, 5)).toBe(partition)
  }
})

test('missing topics are created as their contract says, with their dead-letter topics', async () => {
  await using corner = await aCorner({ partitions: 3 })
  const admin = corner.kafka.client.admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata({
    topics: [corner.kafka.named('things'), corner.kafka.named('things.dlq')],
  })
  await admin.disconnect()
  expect(topics.map(({ partitions }) => partitions.length)).toEqual([3, 3])
  expect(await ensureTopics(corner.kafka, [corner.things])).toEqual({
    created: [],
    differences: [],
  })
})

test('an existing topic is left as it is, and every difference is reported', async () => {
  await using corner = await aCorner({ partitions: 2 })
  const other = thingsTopic(6)
  const wanted = {
    ...other,
    policy: { ...other.policy, retentionMs: 1_000, cleanup: 'compact' },
  } as const
  const { created, differences } = await ensureTopics(corner.kafka, [wanted])
  expect(created).toEqual([])
  const topic = corner.kafka.named('things')
  expect(differences).toEqual([
    { topic, setting: 'cleanup.policy', wanted: 'compact', found: 'delete' },
    { topic, setting: 'retention.ms', wanted: '1000', found: '86400000' },
    { topic, setting: 'partitions', wanted: '6', found: '2' },
  ])
  expect(corner.log.lines.filter((line) => line.includes('left as it is'))).toHaveLength(3)
})
