import { expect, test } from 'vitest'
import { Progress } from './progress.ts'

const aLoop = () => {
  let now = 0
  const progress = new Progress(() => now)
  return { progress, pass: (ms: number) => void (now += ms) }
}

test('idle is healthy, for however long', () => {
  const { progress, pass } = aLoop()
  pass(1e9)
  expect(progress.stalledMs()).toBe(0)
})

test('work that was begun and does not end is a stall, also while other work goes on', () => {
  const { progress, pass } = aLoop()
  const hung = progress.begin()
  pass(100)
  progress.begin()()
  pass(50)
  expect(progress.stalledMs()).toBe(150)
  hung()
  expect(progress.stalledMs()).toBe(0)
})

test('work that waits and is never begun is a stall from when it came', () => {
  const { progress, pass } = aLoop()
  pass(1_000)
  progress.pending(5)
  pass(70)
  progress.pending(9)
  expect(progress.stalledMs()).toBe(70)
  progress.begin()()
  expect(progress.stalledMs()).toBe(0)
})

test('a loop that waits for a dependency is alive, and its clock starts anew when it is back', () => {
  const { progress, pass } = aLoop()
  progress.begin()
  progress.blocked('redis does not answer')
  pass(1e6)
  expect(progress.stalledMs()).toBe(0)
  progress.blocked(undefined)
  pass(10)
  expect(progress.stalledMs()).toBe(10)
})

test('long work that says that it moves is not stalled', () => {
  const { progress, pass } = aLoop()
  progress.begin()
  pass(100)
  progress.tick()
  pass(30)
  expect(progress.stalledMs()).toBe(30)
})
