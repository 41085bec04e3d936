import { spansOf } from '@kubesift/adapter-kafka'
import { signals } from '@kubesift/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeOf, Lab, until } from './rebuild-lab.spec-helper.ts'
import { backOff } from './rebuild.spec-helper.ts'

let lab: Lab

beforeEach(async () => {
  lab = await Lab.open()
})

afterEach(() => lab.close())

test('while a state is made again the service says since when, how far and under which epoch, and that it is silent until then', async () => {
  await lab.start()
  expect(await lab.rebuilds()).toBeUndefined()
  await lab.send([backOff('a', 4, 30)])
  await until(() => expect(lab.backOffs()).toBe(4))
  await lab.caughtUp()
  await lab.stop()
  await lab.lose()
  const before = lab.crashLoop()!
  const partition = homeOf(before)
  // So many that they do not come to an end here.
  const far = { epoch: 5, since: 77, next: 0, until: 1_000_000, measured: [], namespaces: [] }
  await lab.withStore(async (store) => store.begin(await store.claim(partition), far))
  await lab.start()
  await until(async () => {
    const part = (await lab.rebuilds())?.find((each) => each.partition === partition)
    expect(part).toMatchObject({ epoch: 5, since: 77, step: 'records', of: 1_000_000 })
    expect(part!.left).toBeLessThan(1_000_000)
  })
  await lab.send([backOff('b', 3, 1)])
  await until(async () => {
    const parts = await lab.rebuilds()
    expect(parts?.filter(({ step }) => step !== 'whole').map((p) => p.partition)).toEqual([
      partition,
    ])
  })
  // What was sent is read again, too, and not told.
  const { to } = (await spansOf(lab.kafka, signals.topic)).get(partition)!
  await until(async () => {
    const part = (await lab.rebuilds())?.find((each) => each.partition === partition)
    expect(part!.left).toBeLessThanOrEqual(1_000_000 - to)
  })
  expect(lab.backOffs()).toBe(4)
  await lab.stop()
  await lab.withRedis((redis) => redis.hset(`${lab.keysOf(before)}meta`, 'until', '1'))
  await lab.start()
  await until(async () => expect(await lab.rebuilds()).toBeUndefined())
  await until(() => expect(lab.backOffs()).toBe(7))
  expect(lab.crashLoop()!.version.epoch).toBe(5)
})
