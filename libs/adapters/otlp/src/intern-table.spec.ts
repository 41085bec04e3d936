import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InternTable } from './intern-table.ts'

const textOf = (table: InternTable, bytes: Buffer, start = 0, end = bytes.length): string =>
  table.text(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, end - start)

describe('the table of short texts', () => {
  it('gives back every text, whatever came before and however slots collide', () => {
    const table = new InternTable()
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 200 })
    fc.assert(
      fc.property(texts, (all) => {
        for (const text of [...all, ...all]) {
          const bytes = Buffer.from(text, 'utf8')
          expect(textOf(table, bytes)).toBe(bytes.toString('utf8'))
        }
      }),
    )
  })

  it('tells texts apart that share length, ends and middle', () => {
    const table = new InternTable()
    const texts = Array.from({ length: 26 }, (_, i) => {
      const letter = String.fromCharCode(97 + i)
      return `keep-${letter}-this-middle-${letter}-and-the-tail`
    })
    for (const text of [...texts, ...texts]) expect(textOf(table, Buffer.from(text))).toBe(text)
  })

  it.each(['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdefg', 'abcdefgh'])(
    'compares all of %s',
    (text) => {
      const table = new InternTable()
      for (let i = 0; i < text.length; i += 1) {
        const other = Buffer.from(text)
        other.writeUInt8(0x7a, i)
        expect(textOf(table, Buffer.from(text))).toBe(text)
        expect(textOf(table, other)).toBe(other.toString())
      }
    },
  )

  it('reads a slice of the bytes', () => {
    expect(textOf(new InternTable(), Buffer.from('xxpodyy'), 2, 5)).toBe('pod')
  })
})
