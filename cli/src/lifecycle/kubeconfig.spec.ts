import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { clusterOf } from './kubeconfig.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = (text: string): string => {
  const path = join(folder, 'config')
  writeFileSync(path, text)
  return path
}
const CONFIG = 'clusters: [{name: c, cluster: {server: "https://c"}}]\ncurrent-context: prod\n'

test('a cluster is called as its current context is, or as asked for', () => {
  const path = file(CONFIG)
  expect(clusterOf(path, undefined, {})).toEqual({ name: 'prod', kubeconfig: path })
  expect(clusterOf(path, 'mine', {})).toEqual({ name: 'mine', kubeconfig: path })
  expect(clusterOf('~/config', undefined, { HOME: folder }).kubeconfig).toBe(path)
})

test.each([
  ['is missing', undefined, 'cannot be read'],
  ['is no YAML', ':\n- [', 'cannot be read'],
  ['has no clusters', 'current-context: prod\n', 'no kubeconfig'],
  ['has no current context', 'clusters: [{}]\n', 'no current context'],
])('a kubeconfig that %s is told in one line before anything starts', (_, text, why) => {
  const path = text === undefined ? join(folder, 'none') : file(text)
  const read = (): unknown => clusterOf(path, undefined, {})
  expect(read).toThrow(CliFailure)
  expect(read).toThrow(expect.objectContaining({ exitCode: ExitCode.usage }))
  expect(read).toThrow(why)
  expect(read).not.toThrow('\n')
})
