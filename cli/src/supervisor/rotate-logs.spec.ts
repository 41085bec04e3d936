import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rotateLogs } from './rotate-logs.ts'

test('a log above the bound moves aside, and its writer goes on in the empty file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rotate-'))
  const [big, small] = [join(folder, 'big.log'), join(folder, 'small.log')]
  const writer = openSync(big, 'a')
  writeSync(writer, 'x'.repeat(101))
  appendFileSync(small, 'y')
  writeFileSync(join(folder, 'notes.txt'), 'z'.repeat(500))
  expect(rotateLogs(folder, 100)).toEqual(['big.log'])
  writeSync(writer, 'after')
  closeSync(writer)
  expect(readFileSync(big, 'utf8')).toBe('after')
  expect(readFileSync(`${big}.1`, 'utf8')).toHaveLength(101)
  expect(readFileSync(small, 'utf8')).toBe('y')
  rmSync(folder, { recursive: true })
})
