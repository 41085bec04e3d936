import { expect, it } from 'vitest'
import { checkoutRoot } from '../frame/context.ts'
import { splitWords } from './split-words.ts'
import { DEFAULT_TIERS } from './tiers.ts'

it.each([
  [[], DEFAULT_TIERS, []],
  [['unit', 'int'], ['unit', 'int'], []],
  [['int', 'libs/adapters/kafka'], ['int'], ['libs/adapters/kafka']],
  [['int', 'cli'], ['int'], ['cli']],
  [['e2e'], ['e2e'], []],
  [['unit', '-t', 'a name'], ['unit'], ['-t', 'a name']],
])('%j', (words, tiers, extra) => {
  expect(splitWords(words, checkoutRoot)).toEqual({ tiers, extra })
})

it('refuses what is neither a tier nor a place', () => {
  expect(() => splitWords(['unti'], checkoutRoot)).toThrow(/did you mean unit/)
})
