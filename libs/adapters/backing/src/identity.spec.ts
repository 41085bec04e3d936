import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { identityOf, isAlive } from './identity.ts'

test('a running process is recognised', () => {
  const me = identityOf(process.pid)
  expect(me).toBeDefined()
  expect(me !== undefined && isAlive(me)).toBe(true)
})

test('another process that was given the same pid is a stranger', () => {
  expect(isAlive({ pid: process.pid, startedAt: 'another moment' })).toBe(false)
})

test('a process that ended has no identity', async () => {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  expect(identityOf(child.pid ?? 0)).toBeUndefined()
})
