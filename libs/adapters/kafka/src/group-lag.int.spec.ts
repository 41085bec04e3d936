import { expect, test, vi } from 'vitest'
import { groupLagOf, oldestOf, partitionLagsOf } from './group-lag.ts'
import { aCorner } from './testing/a-topic.ts'
import { collect, numbers } from './testing/things.ts'

const until = vi.waitUntil
const waiting = { timeout: 40_000, interval: 20 }

test('the lag of a group is what it has not committed, over all partitions', async () => {
  await using corner = await aCorner({ partitions: 3 })
  const lag = (): Promise<number> => groupLagOf(corner.kafka, { groupId: 'g', topic: 'things' })
  await corner.send(...numbers(7))
  expect(await lag()).toBe(7)
  const run = corner.start({ handle: collect([]) })
  const handled = (): number =>
    [...run.consumer.positions().values()].reduce((sum, { next }) => sum + next, 0)
  await until(() => handled() === 7, waiting)
  await run.stop()
  expect(await lag()).toBe(0)
  await corner.send({ id: 'late', n: 8 })
  expect(await lag()).toBe(1)
})

test('a topic that is not there is an error, not a lag of none', async () => {
  await using corner = await aCorner()
  await expect(groupLagOf(corner.kafka, { groupId: 'g', topic: 'nowhere' })).rejects.toThrow(
    'does not host this topic',
  )
})

test('it says where it stands in each partition, and when the first record that waits there was written', async () => {
  await using corner = await aCorner({ partitions: 3 })
  const reader = { groupId: 'g', topic: 'things' }
  await corner.send(...numbers(9))
  const run = corner.start({ handle: collect([]) })
  await until(
    () => [...run.consumer.positions().values()].reduce((sum, { next }) => sum + next, 0) === 9,
    waiting,
  )
  await run.stop()
  const before = Date.now()
  await corner.send({ id: 'late', n: 10 }, { id: 'late', n: 11 })
  const after = Date.now()
  await corner.send({ id: 'late', n: 12 })
  const lags = await partitionLagsOf(corner.kafka, reader)
  expect(lags.map(({ records }) => records).sort()).toEqual([0, 0, 3])
  const behind = lags.find(({ records }) => records > 0)
  const signal = AbortSignal.timeout(30_000)
  const oldest = await oldestOf(corner.kafka, 'things', lags, signal)
  expect([...oldest.keys()]).toEqual([behind?.partition])
  const [at] = [...oldest.values()]
  expect(at).toBeGreaterThanOrEqual(before)
  expect(at).toBeLessThanOrEqual(after)
})
