import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storable } from './storable.ts'

test('what is fine is not even copied', () => {
  const document = { text: 'back\\u0000slash', list: [1, 'ünï'] }
  expect(storable({ ...document })).toEqual(document)
  const plain = { text: 'plain' }
  expect(storable(plain)).toBe(plain)
})

test('nothing that Postgres refuses is left, and nothing else is touched', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      const stored = storable({ texts }).texts
      for (const text of stored) {
        expect(text.isWellFormed()).toBe(true)
        expect(text).not.toContain('\0')
      }
      expect(stored).toEqual(texts.map((t) => t.toWellFormed().replaceAll('\0', '\uFFFD')))
    }),
  )
  expect(storable({ text: 'a\0b\ud800' })).toEqual({ text: 'a\uFFFDb\uFFFD' })
})
