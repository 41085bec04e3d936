import { expect, test } from 'vitest'
import { startOf } from './start-offset.ts'

const known = { low: 10, high: 100, committed: 50, asked: undefined }

test.each([
  ['the committed offset when the state has no opinion', known, 50],
  ['what was committed but is not in the state is read again', { ...known, asked: 40 }, 40],
  ['what was applied but not committed is applied again', { ...known, asked: 60 }, 50],
  ['the beginning when nothing was ever committed', { ...known, committed: undefined }, 10],
  [
    'the beginning, whatever the state says, when nothing was ever committed',
    { ...known, committed: undefined, asked: 60 },
    10,
  ],
  ['the very end is a fine place to start', { ...known, committed: 100 }, 100],
])('%s', (_, given, offset) => {
  expect(startOf(given)).toEqual({ offset })
})

test('records that retention took before they were read are reported', () => {
  expect(startOf({ ...known, asked: 4 })).toEqual({
    offset: 10,
    warning: 'offsets 4 to 9 were deleted by retention before they were read; starting at 10',
  })
})

test('a topic that was made anew is read from its beginning, and said', () => {
  expect(startOf({ ...known, low: 0, high: 3 })).toMatchObject({
    offset: 0,
    warning: expect.stringContaining('made anew') as string,
  })
})
