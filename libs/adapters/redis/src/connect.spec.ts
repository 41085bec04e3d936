import { DependencyUnavailable } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { unavailable } from './connect.ts'

test.each([new RangeError('too much'), new TypeError('no function'), new SyntaxError('no JSON')])(
  'a bug of ours is not Redis being away: %s',
  (bug) => {
    expect(unavailable(bug)).toBe(bug)
  },
)

test('a connection that is lost is Redis being away', () => {
  expect(unavailable(new Error('Connection is closed.'))).toBeInstanceOf(DependencyUnavailable)
})
