import { DependencyUnavailable, Fenced } from '@kubesift/contracts'
import { expect, test, vi } from 'vitest'
import { aCorner } from './testing/a-topic.ts'
import { collect, numbers, type Thing } from './testing/things.ts'

const until = vi.waitUntil
const waiting = { timeout: 40_000, interval: 20 }

test('reading starts at the smaller of the committed offset and the position of the state', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(8))
  const first = corner.start({ handle: collect([]) })
  await until(() => first.consumer.positions().get(0)?.next === 8, waiting)
  await first.stop()
  const behind: Thing[] = []
  const second = corner.start({ onAssigned: () => 5, handle: collect(behind) })
  await until(() => behind.length >= 3, waiting)
  await second.stop()
  expect(behind.map(({ n }) => n)).toEqual([5, 6, 7])
  const ahead: Thing[] = []
  const third = corner.start({ onAssigned: () => 100, handle: collect(ahead) })
  await until(() => third.consumer.positions().get(0)?.next === 8, waiting)
  await corner.send({ id: 'new', n: 99 })
  await until(() => ahead.length > 0, waiting)
  expect(ahead.map(({ n }) => n)).toEqual([99])
})

test('no record of a partition is handled before its position is known', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(3))
  const story: string[] = []
  let answer: (offset: number) => void = () => undefined
  const asked = new Promise<number>((resolve) => {
    answer = resolve
  })
  corner.start({
    onAssigned: () => {
      story.push('asked')
      setTimeout(() => {
        story.push('answered')
        answer(1)
      }, 700)
      return asked
    },
    handle: async (batch) => {
      story.push(`handled ${batch.firstOffset}`)
      return { through: batch.lastOffset }
    },
  })
  await until(() => story.length >= 3, waiting)
  // never committed: from the beginning, whatever the state says
  expect(story).toEqual(['asked', 'answered', 'handled 0'])
})

test('a fenced handler drops its caches and asks for its position anew', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(4))
  const story: string[] = []
  let fenced = false
  const run = corner.start({
    batchMax: 2,
    onAssigned: () => {
      story.push('assigned')
      return null
    },
    onRevoked: (partitions) => void story.push(`revoked ${partitions.join()}`),
    handle: async (batch) => {
      story.push(`handle ${batch.firstOffset}`)
      if (batch.firstOffset === 2 && !fenced) {
        fenced = true
        throw new Fenced('another assembler has written')
      }
      return { through: batch.lastOffset }
    },
  })
  await until(() => run.consumer.positions().get(0)?.next === 4, waiting)
  expect(story).toEqual(['assigned', 'handle 0', 'handle 2', 'revoked 0', 'assigned', 'handle 2'])
  await run.stop()
  expect(story.at(-1)).toBe('revoked 0')
})

test('a partition without records is known to be caught up, and its end is known', async () => {
  await using corner = await aCorner({ partitions: 3 })
  const run = corner.start({ handle: collect([]) })
  await until(() => run.consumer.positions().size === 3, waiting)
  expect(run.consumer.partitionCount()).toBe(3)
  for (const position of run.consumer.positions().values()) {
    expect(position).toMatchObject({ next: 0, end: 0, caughtUp: true })
    expect(position.endAsOf).toBeGreaterThan(0)
  }
})

test('a partition that waits is not caught up', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(2))
  const run = corner.start({
    handle: () => Promise.reject(new DependencyUnavailable('redis does not answer')),
  })
  await until(() => run.consumer.reasons().includes('redis does not answer'), waiting)
  expect(run.consumer.positions().get(0)).toMatchObject({ next: 0, end: 2, caughtUp: false })
})

test('what a holder notes with its offset is told to the next one', async () => {
  await using corner = await aCorner()
  await corner.send(...numbers(3))
  const first = corner.start({
    handle: (batch) =>
      Promise.resolve({ through: batch.lastOffset, note: `at ${batch.lastOffset}` }),
  })
  await until(() => first.consumer.positions().get(0)?.next === 3, waiting)
  await first.stop()
  const notes: (string | undefined)[] = []
  const onAssigned = (_: number, note?: string): null => {
    notes.push(note)
    return null
  }
  const second = corner.start({ onAssigned, handle: collect([]) })
  await until(() => second.consumer.positions().get(0)?.next === 3, waiting)
  await second.stop()
  expect(notes).toEqual(['at 2'])
})
