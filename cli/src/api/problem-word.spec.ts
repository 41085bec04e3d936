import { expect, it } from 'vitest'
import { checkoutRoot } from '../frame/context.ts'
import { problemNamed } from './problem-word.ts'
import type { ApiIncident } from './wire.ts'

const named = (word: string, having: readonly string[] = []): Promise<string> =>
  problemNamed(
    word,
    {
      list: ({ problem = '' }) =>
        Promise.resolve({
          incidents: having.includes(problem) ? [{} as ApiIncident] : [],
          cursor: '',
        }),
    },
    { root: checkoutRoot, signal: new AbortController().signal },
  )

it('a problem is found whatever its case', async () => {
  expect(await named('crashloop')).toBe('CrashLoop')
})

it("one of somebody's own catalogue is found where it has incidents", async () => {
  expect(await named('Disk', ['Disk'])).toBe('Disk')
})

it('one that nobody knows is refused, with those that are meant', async () => {
  await expect(named('CrashLop')).rejects.toThrow("did you mean 'CrashLoop'?")
  await expect(named('quux')).rejects.toThrow(/known are .*CrashLoop/)
})
