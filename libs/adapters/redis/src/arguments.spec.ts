import { expect, test } from 'vitest'
import { measuredFrom, textsOf } from './arguments.ts'
import type { Measured } from './claim.ts'

const measured = (at: number): Measured => ({
  at,
  context: { key: `k${at}` } as Measured['context'],
})

test('what is measured is written in portions, and once where there is nothing', () => {
  const texts = [...textsOf([1, 2, 3].map(measured), 2)]
  expect(texts.map((some) => some.length)).toEqual([2, 1])
  expect([...textsOf([], 2)]).toEqual([[]])
  expect(texts.flat().map(measuredFrom)).toEqual([1, 2, 3].map(measured))
})

test('a context is read when it is asked for, its place without that', () => {
  const broken = measuredFrom('{"at":7,"context":{')
  expect(broken.at).toBe(7)
  expect(() => broken.context).toThrow(SyntaxError)
  expect(measuredFrom('{"context":{"key":"k"},"at":7}').at).toBe(7)
})
