import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { purgeHome } from './purge.ts'

let root: string
const home = (): string => join(root, 'home')

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubesift-purge-'))
  mkdirSync(join(home(), 'run'), { recursive: true })
  writeFileSync(join(home(), 'state.json'), '{}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a home in which nothing else is left goes with its data', () => {
  purgeHome(home())
  expect(existsSync(home())).toBe(false)
})

test('what is not ours stays, and the home with it', () => {
  writeFileSync(join(home(), 'mine'), '')
  purgeHome(home())
  expect(readdirSync(home())).toEqual(['mine'])
})

test('a home that is a link is emptied and stays where it points to', () => {
  const link = join(root, 'link')
  symlinkSync(home(), link)
  purgeHome(link)
  expect(readdirSync(link)).toEqual([])
})
