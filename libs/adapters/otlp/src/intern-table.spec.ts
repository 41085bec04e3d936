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
        const given = [...all, ...all].map((text) => Buffer.from(text, 'utf8'))
        expect(given.map((bytes) => textOf(table, bytes))).toEqual(given.map(String))
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

  it('compares the last bytes and the length where slots collide', () => {
    const table = new InternTable()
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    const tails = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))
    const texts = tails.map((tail) => `abcd${tail}`)
    expect(texts.length).toBeGreaterThan(4 * 4096)
    expect(texts.filter((text) => textOf(table, Buffer.from(text)) !== text)).toEqual([])
    expect(textOf(table, Buffer.from('abcd'))).toBe('abcd')
  })

  it('compares every byte of the shortest', () => {
    const table = new InternTable()
    const texts = Array.from({ length: 5000 }, (_, i) =>
      String.fromCharCode(97 + (i % 26), 97 + ((i / 26) % 26), 97 + i / 676),
    )
    expect(texts.filter((text) => textOf(table, Buffer.from(text)) !== text)).toEqual([])
  })

  it('reads a slice of the bytes', () => {
    expect(textOf(new InternTable(), Buffer.from('xxpodyy'), 2, 5)).toBe('pod')
  })
})
