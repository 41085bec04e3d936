import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildCollector } from './build-collector.ts'
import { withBuildLock } from './build-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesift-build-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('building a Collector', () => {
  it('says in one line what to do where Go is missing', async () => {
    const env = { PATH: folder, XDG_CACHE_HOME: folder }
    const build = buildCollector('gateway', { home: folder, env, log: () => undefined })
    await expect(build).rejects.toThrow(/^[^\n]*Go is missing: install Go [^\n]*$/)
  })
})

describe('the build lock', () => {
  it('lets one builder in at a time', async () => {
    const lock = join(folder, 'lock')
    const story: string[] = []
    let finish = (): void => undefined
    const first = withBuildLock(lock, async () => {
      story.push('first in')
      await new Promise<void>((resolve) => (finish = resolve))
      story.push('first out')
    })
    const second = withBuildLock(lock, () => Promise.resolve(void story.push('second in')))
    finish()
    await Promise.all([first, second])
    expect(story).toEqual(['first in', 'first out', 'second in'])
    expect(existsSync(lock)).toBe(false)
  })

  it('passes from a holder that died', async () => {
    const lock = join(folder, 'lock')
    writeFileSync(lock, JSON.stringify({ pid: process.pid, startedAt: 'another life' }))
    let entered = false
    await withBuildLock(lock, () => Promise.resolve(void (entered = true)))
    expect(entered).toBe(true)
  })

  it('is given back when the build fails', async () => {
    const lock = join(folder, 'lock')
    const fails = withBuildLock(lock, () => Promise.reject(new Error('no compiler')))
    await expect(fails).rejects.toThrow('no compiler')
    expect(existsSync(lock)).toBe(false)
  })
})
