import { expect, test } from 'vitest'
import { RebuildProgress, type RebuildPart } from './rebuild-progress.ts'

const part = (partition: number, step: RebuildPart['step'] = 'records'): RebuildPart => ({
  partition,
  since: 5,
  epoch: 2,
  step,
  left: 3,
})

test('those that are whole are told beside those that are not, and no longer', () => {
  const progress = new RebuildProgress()
  expect(progress.report()).toBeUndefined()
  for (const partition of [2, 0, 1]) progress.at(part(partition))
  progress.at(part(0, 'whole'))
  progress.forget(1)
  expect(progress.report()).toEqual([part(0, 'whole'), part(2)])
  expect(progress.unfinished).toBe(1)
  progress.at(part(2, 'whole'))
  expect(progress.report()).toBeUndefined()
  progress.at(part(1))
  expect(progress.report()).toEqual([part(1)])
  progress.forget(1)
  expect(progress.report()).toBeUndefined()
})
