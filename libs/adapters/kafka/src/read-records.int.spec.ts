import { expect, test } from 'vitest'
import { partitionOf } from './partitioner.ts'
import {
  readRecordAt,
  readRecords,
  type RawRecord,
  spansOf,
  topicsPresent,
} from './read-records.ts'
import { aCorner, dropBefore } from './testing/a-topic.ts'
import { numbers } from './testing/things.ts'

const groupsOf = async (
  corner: Awaited<ReturnType<typeof aCorner>>,
): Promise<readonly string[]> => {
  const admin = corner.kafka.client.admin()
  await admin.connect()
  const { groups } = await admin.listGroups()
  await admin.disconnect()
  return groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(corner.kafka.named('')))
}

test('a topic is read from its beginning to what was its end, each partition in order, and no group stays behind', async () => {
  await using corner = await aCorner({ partitions: 3 })
  await corner.send(...numbers(200))
  const seen: RawRecord[] = []
  const before = await groupsOf(corner)
  await readRecords(corner.kafka, 'things', {
    spans: await spansOf(corner.kafka, 'things'),
    take: async (record) => {
      // what comes after the question is for the next one who asks
      if (seen.length === 0) await corner.send(...numbers(50, 1_000))
      seen.push(record)
    },
  })
  const ids = (partition: number): (string | undefined)[] =>
    seen.filter((r) => r.partition === partition).map((r) => r.key?.toString())
  for (const partition of [0, 1, 2])
    expect(ids(partition)).toEqual(
      numbers(200)
        .map(({ id }) => id)
        .filter((id) => partitionOf(id, 3) === partition),
    )
  expect(seen[0]?.headers.get('ce_type')?.toString()).toBe('dev.kubesift.things.v1')
  expect(await groupsOf(corner)).toEqual(before)
})

test('only the spans that are asked for are read', async () => {
  await using corner = await aCorner({ partitions: 2 })
  await corner.producer.publishRaw(
    'things',
    numbers(40).map(({ n }) => ({ value: Buffer.from(String(n)), partition: n % 2 })),
  )
  const seen: string[] = []
  await readRecords(corner.kafka, 'things', {
    spans: new Map([
      [0, { from: 3, to: 5 }],
      [1, { from: 7, to: 7 }],
    ]),
    take: ({ partition, offset, value }) =>
      void seen.push(`${partition}/${offset} ${String(value)}`),
  })
  expect(seen).toEqual(['0/3 6', '0/4 8'])
})

test('an empty topic is read at once, and what the reader throws comes out', async () => {
  await using corner = await aCorner()
  const read = async (take: (record: RawRecord) => Promise<void> | void) =>
    readRecords(corner.kafka, 'things', { spans: await spansOf(corner.kafka, 'things'), take })
  await read(() => expect.fail('there is nothing'))
  await corner.send(...numbers(3))
  const thrown = new Error('the reader has had enough')
  await expect(read(() => Promise.reject(thrown))).rejects.toBe(thrown)
})

test('a record is fetched by its place, and a place that holds none is no error', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(5))
  const at = (offset: number, partition = 0) =>
    readRecordAt(corner.kafka, { topic: 'things', partition, offset })
  expect((await at(3))?.key?.toString()).toBe('id-3')
  expect(await at(5)).toBeUndefined()
  expect(await at(0, 9)).toBeUndefined()
  await dropBefore(corner.kafka, { topic: 'things', partition: 0, offset: 4 })
  expect(await at(3)).toBeUndefined()
  expect((await at(4))?.key?.toString()).toBe('id-4')
})

test('topics that are not there are left out', async () => {
  await using corner = await aCorner()
  expect(await topicsPresent(corner.kafka, ['nowhere.dlq', 'things.dlq'])).toEqual(['things.dlq'])
})
