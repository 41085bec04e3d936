import { expect, test } from 'vitest'
import { WakeUp } from './wake-up.ts'

const never = new AbortController().signal

test('a call before the wait is not lost', async () => {
  const bell = new WakeUp()
  bell.call()
  await bell.wait(2 ** 30, never)
})

test('a call ends the wait, and only that one', async () => {
  const bell = new WakeUp()
  const waiting = bell.wait(2 ** 30, never)
  bell.call()
  await waiting
  const stop = new AbortController()
  let ended = false
  const next = bell.wait(2 ** 30, stop.signal).then(() => (ended = true))
  await Promise.resolve()
  expect(ended).toBe(false)
  stop.abort()
  await next
})

test('whoever is told to stop does not wait', async () => {
  await new WakeUp().wait(2 ** 30, AbortSignal.abort())
})
