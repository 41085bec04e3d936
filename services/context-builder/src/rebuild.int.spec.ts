import { encodeLogs } from '@kubesift/adapter-otlp'
import { namespaceKey, type Context } from '@kubesift/contracts'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Lab, PARTITIONS, until } from './rebuild-lab.spec-helper.ts'
import { backOff } from './rebuild.spec-helper.ts'

const recorded = (name: string): Uint8Array[] => {
  const path = `../../../e2e/recordings/crashloop-bad-rollout/${name}.otlp.jsonl.gz`
  return gunzipSync(readFileSync(new URL(path, import.meta.url)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => encodeLogs(JSON.parse(line)))
}

let lab: Lab

beforeEach(async () => {
  lab = await Lab.open()
})

afterEach(() => lab.close())

/** What a context says, without what moves with time and place: where its records stand is no news. */
const saying = (context: Context | undefined): unknown => {
  if (context === undefined) return undefined
  const {
    version: _v,
    watermark: _w,
    traceparent: _t,
    cause: _c,
    gaps: _g,
    evidence,
    ...rest
  } = context
  return { ...rest, evidence: evidence.map(({ records: _r, ...shown }) => shown) }
}

test('a lost state is made again from the records: the same is said, under a new epoch, and never less meanwhile', async () => {
  await lab.start()
  await lab.send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(lab.backOffs()).toBe(11))
  await lab.caughtUp()
  const before = lab.crashLoop()
  const told = lab.contexts.all.length
  await lab.lose()
  await until(() => expect(lab.crashLoop()?.version.epoch).toBe(2))
  expect(saying(lab.crashLoop())).toEqual(saying(before))
  const since = lab.contexts.all.slice(told).filter((c) => c.key === before!.key)
  expect(since.filter((c) => lab.backOffs(c) !== 11)).toEqual([])
})

test('what is not left in the records is taken from the contexts: counts go on where they stood', async () => {
  await lab.start()
  await lab.send([backOff('a', 4, 30), backOff('b', 2, 20)])
  await until(() => expect(lab.backOffs()).toBe(6))
  await lab.caughtUp()
  const before = lab.crashLoop()!
  await lab.stop()
  await lab.expire()
  await lab.lose()
  await lab.start()
  await lab.send([backOff('c', 3, 1)])
  await until(() => expect(lab.backOffs()).toBe(9))
  const after = lab.crashLoop()!
  expect(after.version.epoch).toBe(2)
  expect(after.occurrenceCount).toBe(9)
  expect(after.firstSeenAt).toBe(before.firstSeenAt)
  const { from, openedAt } = before.spells[0]!
  expect(after.spells).toEqual([
    expect.objectContaining({ from, openedAt, count: 9, recovery: null }),
  ])
  // Told once more it is none of the kept sum: that is known to have come too late.
  await lab.send([backOff('a', 4, 30), backOff('c', 4, 1)])
  await until(() => expect(lab.backOffs()).toBe(10))
})

test('a process that is killed while it makes a state again is followed by one that goes on', async () => {
  await lab.start()
  await lab.send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(lab.backOffs()).toBe(11))
  await lab.caughtUp()
  const before = lab.crashLoop()
  await lab.stop()
  await lab.lose()
  // What a process leaves that dies right after it began: a state from the oldest record, and nothing applied.
  await lab.start()
  await until(async () => {
    const stands = await lab.withStore((store) => store.standings(PARTITIONS))
    expect([...stands.values()].some(({ until: end }) => end !== null)).toBe(true)
  })
  await lab.stop()
  await lab.start()
  await until(() => expect(lab.crashLoop()?.version.epoch).toBe(2))
  expect(saying(lab.crashLoop())).toEqual(saying(before))
})

test('a process that dies while it publishes a state again is followed by one that publishes the rest and says that it is whole', async () => {
  await lab.start()
  await lab.send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(lab.backOffs()).toBe(11))
  await lab.caughtUp()
  await lab.lose()
  await until(() => expect(lab.crashLoop()?.version.epoch).toBe(2))
  const areWhole = async (): Promise<void> => {
    const stands = await lab.withStore((store) => store.standings(PARTITIONS))
    expect([...stands.values()].filter(({ isWhole }) => isWhole)).toHaveLength(PARTITIONS.length)
  }
  await until(areWhole)
  await lab.stop()
  const before = lab.crashLoop()!
  const told = lab.contexts.all.length
  // As it stood before the last of what was owed went out.
  const key = lab.keysOf(before)
  const mine = namespaceKey(before.cluster, before.namespace)
  await lab.withRedis((redis) =>
    redis
      .multi()
      .hdel(`${key}meta`, 'whole')
      .sadd(`${key}pending`, mine)
      .rpush(`${key}measured`, 'left over')
      .exec(),
  )
  await lab.start()
  await until(areWhole)
  await until(() =>
    expect(lab.contexts.all.slice(told).filter((c) => c.key === before.key)).toHaveLength(1),
  )
  expect(saying(lab.crashLoop())).toEqual(saying(before))
  expect(await lab.withRedis((redis) => redis.exists(`${key}measured`))).toBe(0)
})

test('a state that is lost again while it is made, and once more when it is whole, is made under newer epochs each time', async () => {
  await lab.start()
  await lab.send([...recorded('objects'), ...recorded('events')])
  await until(() => expect(lab.backOffs()).toBe(11))
  await lab.caughtUp()
  const before = lab.crashLoop()
  const told = lab.contexts.all.length
  await lab.lose()
  await lab.lose()
  await until(() => expect(lab.crashLoop()?.version.epoch).toBe(3))
  // One partition alone, and all of it, its epoch too.
  await lab.withRedis(async (redis) => redis.del(...(await redis.keys(`${lab.keysOf(before!)}*`))))
  await until(() => expect(lab.crashLoop()?.version.epoch).toBe(4))
  expect(saying(lab.crashLoop())).toEqual(saying(before))
  const since = lab.contexts.all.slice(told).filter((c) => c.key === before!.key)
  expect(since.filter((c) => lab.backOffs(c) !== 11)).toEqual([])
  const epochs = since.map(({ version }) => version.epoch)
  expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
})
