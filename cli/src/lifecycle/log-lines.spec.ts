import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followFile, lastLines } from './log-lines.ts'

let file = ''
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'))
  file = join(folder, 'a.log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['fewer than asked for', 'one\ntwo\n', 5, ['one', 'two']],
  ['the last ones', 'one\ntwo\nthree\n', 2, ['two', 'three']],
  ['an unfinished line', 'one\ntwo', 1, ['two']],
  ['an empty file', '', 3, []],
  ['none', 'one\n', 0, []],
])('%s', (_name, text, count, expected) => {
  writeFileSync(file, text)
  expect(lastLines(file, count)).toEqual(expected)
})

test('lines longer than a block are whole', () => {
  const long = 'ä'.repeat(100_000)
  writeFileSync(file, `first\n${long}\nlast\n`)
  expect(lastLines(file, 2)).toEqual([long, 'last'])
})

test('following goes on with new lines, also after the file was rotated', async () => {
  writeFileSync(file, 'old\n')
  const stop = new AbortController()
  const seen: string[] = []
  const following = followFile(file, stop.signal, (line) => seen.push(line))
  appendFileSync(file, 'new\nhal')
  await vi.waitFor(() => expect(seen).toEqual(['new']))
  appendFileSync(file, 'f\n')
  await vi.waitFor(() => expect(seen).toEqual(['new', 'half']))
  truncateSync(file)
  appendFileSync(file, 'x\n')
  await vi.waitFor(() => expect(seen).toEqual(['new', 'half', 'x']))
  stop.abort()
  await following
})
