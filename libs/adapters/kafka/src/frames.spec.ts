import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Frames } from './frames.ts'

const framed = (content: Uint8Array): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(content.length)
  return Buffer.concat([size, content])
}

/** Reads pieces through one buffer that is used again and again, as the socket does, with rubbish behind each piece. */
const readBy = (pieces: readonly Buffer[]): Buffer[] => {
  const found: Buffer[] = []
  const frames = new Frames((frame) => found.push(frame))
  const shared = Buffer.alloc(Math.max(0, ...pieces.map(({ length }) => length)) + 3)
  for (const piece of pieces) {
    shared.fill(0xee)
    piece.copy(shared)
    frames.take(shared, piece.length)
  }
  return found
}

const cutAt = (whole: Buffer, places: readonly number[]): Buffer[] => {
  const ends = [...places.map((n) => n % (whole.length + 1)), whole.length].sort((a, b) => a - b)
  return ends.map((end, i) => whole.subarray(ends[i - 1] ?? 0, end))
}

describe('the pieces of a connection', () => {
  it('give the frames, however they were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (contents, places) => {
          const sent = contents.map(framed)
          expect(readBy(cutAt(Buffer.concat(sent), places))).toEqual(sent)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('may be single bytes', () => {
    const sent = [framed(Buffer.from('one')), framed(Buffer.alloc(0)), framed(Buffer.alloc(300, 7))]
    const whole = Buffer.concat(sent)
    expect(readBy(Array.from(whole, (_, i) => whole.subarray(i, i + 1)))).toEqual(sent)
  })

  it('hand nothing on of a frame that has not come to its end', () => {
    const whole = framed(Buffer.alloc(50, 1))
    for (let end = 0; end < whole.length; end += 1)
      expect(readBy([whole.subarray(0, end)])).toEqual([])
  })

  it('give frames in memory of their own', () => {
    const found: Buffer[] = []
    const frames = new Frames((frame) => found.push(frame))
    const piece = framed(Buffer.from('abc'))
    frames.take(piece, piece.length)
    piece.fill(0)
    expect(found).toEqual([framed(Buffer.from('abc'))])
    expect(found[0]?.buffer.byteLength).toBe(7)
  })

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request'],
    ['SSH', 'SSH-2.0-OpenSSH'],
    ['Redis', '-ERR unknown command'],
    ['SMTP', '220 mail'],
    ['an alert of TLS', '\x15\x03\x03\x00\x02\x02\x46'],
    ['a greeting of TLS', '\x16\x03\x01\x02\x00'],
    ['a size below nothing', '\xff\xff\xff\xff'],
    ['a size of two gigabytes', '\x7f\xff\xff\xff'],
  ])('are refused as no Kafka where they are %s, then and ever after', (_, said) => {
    const frames = new Frames(() => expect.fail('no frame'))
    const piece = Buffer.from(said, 'latin1')
    for (let i = 0; i < 3; i += 1)
      expect(() => frames.take(piece, piece.length)).toThrow('is this a Kafka broker?')
  })
})
