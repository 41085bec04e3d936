import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold, unfold } from './folded.ts'

test('what is folded is unfolded as it was, whatever it is', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 300 })
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, texts), { maxLength: 20 }), (pairs) => {
      const fields = new Map(pairs.map(([a, b]) => [a.toWellFormed(), b.toWellFormed()]))
      expect(unfold('c/n', fold(fields))).toEqual([...fields])
    }),
  )
})

test.each(['', 'x', '2:AAAA', '1:', '1:AAAA', '1:not what it was'])(
  'what is not (%j) is said to be so, with its namespace',
  (text) => {
    expect(() => unfold('lab/shop', text)).toThrow(/folded state of namespace lab\/shop/)
  },
)
