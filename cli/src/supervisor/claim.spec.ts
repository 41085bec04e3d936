import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimHome, livingSupervisor, releaseHome, supervisorFile } from './claim.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'claim-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('the first one has the home, until it lets go', () => {
  expect(claimHome(home).mine).toBe(true)
  expect(livingSupervisor(home)?.pid).toBe(process.pid)
  releaseHome(home)
  expect(livingSupervisor(home)).toBeUndefined()
})

test('while its holder lives, a second claim answers who that is', () => {
  const first = claimHome(home)
  expect(claimHome(home)).toEqual({ mine: false, holder: first.holder })
})

test.each([
  ['a holder that died', JSON.stringify({ pid: 4_194_000, startedAt: '1' })],
  ['a stranger with the pid of a holder that died', JSON.stringify({ pid: 1, startedAt: '-1' })],
  ['half a file', '{"pid": 1'],
])('%s does not keep the home', (_name, content) => {
  mkdirSync(join(home, 'run'))
  writeFileSync(supervisorFile(home), content)
  expect(claimHome(home).mine).toBe(true)
})
