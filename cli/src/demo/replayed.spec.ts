import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { announceReplay, replayedClusters } from './replayed.ts'

it('names the clusters that living processes replay', () => {
  const home = mkdtempSync(join(tmpdir(), 'replayed-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  expect(replayedClusters(home)).toEqual([])
  mkdirSync(join(home, 'replayed'))
  writeFileSync(
    join(home, 'replayed/4194000.json'),
    JSON.stringify({ process: { pid: 4_194_000, startedAt: '1' }, cluster: 'killed' }),
  )
  const end = announceReplay(home, 'demo-4f2a')
  expect(replayedClusters(home)).toEqual(['demo-4f2a'])
  end()
  expect(replayedClusters(home)).toEqual([])
})
