import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { aCorner, type Corner } from './testing/a-topic.ts'

const script = fileURLToPath(new URL('testing/consume-child.ts', import.meta.url))
const waiting = { timeout: 40_000, interval: 50 }

const aChild = (corner: Corner) => {
  const { brokers, topicPrefix } = corner.kafka.options
  const args = ['--conditions=source', script, brokers.join(','), topicPrefix ?? '', '1']
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const handed: number[] = []
  child.stdout.on('data', (text: Buffer) => {
    handed.push(...text.toString().trim().split('\n').map(Number))
  })
  return {
    handed,
    goOn: () => void child.stdin.write('\n'),
    signal: (name: NodeJS.Signals) => void child.kill(name),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

const six = Array.from({ length: 6 }, (_, n) => ({ id: 'k', n }))

test('after kill -9 another process takes over from the last durable record', async () => {
  await using corner = await aCorner()
  using child = aChild(corner)
  await corner.send(...six)
  await vi.waitUntil(() => child.handed.length === 1, waiting)
  child.goOn()
  await vi.waitUntil(() => child.handed.length === 2, waiting)
  child.signal('SIGKILL')
  const seen: number[] = []
  corner.start({
    handle: (batch) => {
      seen.push(...batch.records.map(({ offset }) => offset))
      return Promise.resolve({ through: batch.lastOffset })
    },
  })
  await vi.waitUntil(() => seen.length === 4, waiting)
  expect(seen).toEqual([2, 3, 4, 5])
})

test('a process suspended past its session cannot commit over the one that took over', async () => {
  await using corner = await aCorner()
  using child = aChild(corner)
  await corner.send(...six)
  await vi.waitUntil(() => child.handed.length === 1, waiting)
  child.signal('SIGSTOP')
  const seen: number[] = []
  const successor = corner.start({
    handle: (batch) => {
      seen.push(...batch.records.map(({ offset }) => offset))
      return Promise.resolve({ through: batch.lastOffset })
    },
  })
  await vi.waitUntil(() => seen.length === 6, waiting)
  expect(seen).toEqual([0, 1, 2, 3, 4, 5])
  child.signal('SIGCONT')
  child.goOn()
  // It joins anew, which gives the one partition to one of the two; whoever has it is at the end.
  await corner.send({ id: 'k', n: 6 })
  const last = () => seen.includes(6) || child.handed.includes(6)
  await vi.waitUntil(last, waiting)
  expect(seen.filter((offset) => offset < 6)).toEqual([0, 1, 2, 3, 4, 5])
  expect(child.handed.filter((offset) => offset > 0 && offset < 6)).toEqual([])
  child.signal('SIGKILL')
  await successor.stop()
})
