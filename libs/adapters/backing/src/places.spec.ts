import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { couldMakeFolder, makeFolder } from './places.ts'

const room = mkdtempSync(join(tmpdir(), 'places-'))
afterAll(() => rmSync(room, { recursive: true, force: true }))

test('a folder is made with all above it, once or again', () => {
  const path = join(room, 'a/b/c')
  expect(couldMakeFolder(path)).toEqual({ exists: false })
  expect(existsSync(join(room, 'a'))).toBe(false)
  expect([makeFolder(path), makeFolder(path)]).toEqual([path, path])
  expect(couldMakeFolder(path)).toEqual({ exists: true })
})

test.each([
  // Node's recursive mkdir never comes back from there.
  ['/proc/no-such-thing/x', /cannot use the folder .*: no (folder can be made|write permission)/],
  [join(room, 'file'), /is a file and no folder; set KUBESIFT_HOME/],
  [join(room, 'file/x'), /is a file and no folder; set KUBESIFT_HOME/],
])('%s is refused in one line', (path, says) => {
  writeFileSync(join(room, 'file'), '')
  expect(() => makeFolder(path)).toThrow(says)
})
