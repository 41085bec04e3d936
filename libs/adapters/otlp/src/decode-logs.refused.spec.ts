import { describe, expect, it } from 'vitest'
import { decodeLogs } from './decode-logs.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import type { ReadOptions } from './read-options.ts'
import { bytes, field, requestOf, requestWithBody } from './wire-fields.spec-helper.ts'

const unreadable = (input: Uint8Array, options?: ReadOptions): OtlpUnreadable | undefined => {
  try {
    decodeLogs(input, options)
    return undefined
  } catch (error) {
    if (error instanceof OtlpUnreadable) return error
    throw error
  }
}

const reasonOf = (input: Uint8Array, options?: ReadOptions): string | undefined =>
  unreadable(input, options)?.reason

const badReasons = (input: Uint8Array, options?: ReadOptions): readonly string[] =>
  decodeLogs(input, options).bad.map(({ reason }) => reason)

describe('a broken envelope', () => {
  it.each([
    ['a length beyond the end', '0a 05 12', 'bad-length'],
    ['a length of 2^35', '0a 80 80 80 80 80 01', 'bad-length'],
    ['a length of 2^63', '0a ff ff ff ff ff ff ff ff 7f', 'bad-length'],
    ['an endless length', '0a ff ff ff ff ff ff ff ff ff ff ff', 'varint-overflow'],
    ['a tag and no length', '0a', 'truncated'],
    ['half a length', '0a 80', 'truncated'],
    ['another wire type', '08 00', 'wrong-wire-type'],
    ['a group', '1b 1c', 'bad-tag'],
    ['the end of a group', '1c', 'bad-tag'],
    ['wire type 6', '1e', 'bad-tag'],
    ['field 0', '02 00', 'bad-tag'],
    ['a field number beyond 2^29', '8a 80 80 80 10 00', 'bad-tag'],
    ['half a fixed64', '19 00 00', 'truncated'],
    ['half a fixed32', '1d 00', 'truncated'],
    ['a broken resource attribute', '0a 06 0a 04 0a 02 0a 05', 'bad-length'],
  ])('%s is refused', (_, hex, reason) => {
    expect(reasonOf(bytes(hex))).toBe(reason)
  })

  it('names the place and is one for the dead-letter topic', () => {
    expect(unreadable(bytes('0a 00 0a 05 12'))).toMatchObject({
      at: 3,
      next: 'dead-letter',
      code: 'OTLP_UNREADABLE',
      message: expect.stringContaining('byte 3') as unknown,
    })
  })

  it('may hold unknown fields of every wire type', () => {
    expect(reasonOf(bytes('18 05 21 0000000000000000 2a 01 00 35 00000000'))).toBeUndefined()
  })
})

describe('a broken record', () => {
  const good = field(0x1a, Buffer.from('Normal'))

  it.each([
    ['a length beyond the record', '1a 09', 'bad-length'],
    ['severity as a string', '12 00', 'wrong-wire-type'],
    ['half a time', '09 00', 'truncated'],
    ['half a varint', '10 80', 'truncated'],
    ['an endless varint', '10 ff ff ff ff ff ff ff ff ff 02', 'varint-overflow'],
    ['an endless int', '2a 0b 18 ff ff ff ff ff ff ff ff ff 02', 'varint-overflow'],
  ])('%s leaves its neighbours alone', (_, hex, reason) => {
    const { records, bad } = decodeLogs(requestOf(good, bytes(hex), good))
    expect(records.map(({ index, severityText }) => [index, severityText])).toEqual([
      [0, 'Normal'],
      [2, 'Normal'],
    ])
    expect(bad).toEqual([{ index: 1, reason, why: expect.any(String) as unknown }])
  })
})

describe('limits', () => {
  const nested = (levels: number): Uint8Array => {
    let value: Uint8Array = bytes('10 01')
    for (let i = 0; i < levels; i += 1) value = field(0x2a, field(0x0a, value))
    return requestWithBody(value)
  }

  it('refuse what is nested deeper than allowed, and only that', () => {
    expect(badReasons(nested(64))).toEqual([])
    expect(badReasons(nested(65))).toEqual(['too-deep'])
    expect(badReasons(nested(2_000))).toEqual(['too-deep'])
    expect(badReasons(nested(3), { limits: { maxDepth: 2 } })).toEqual(['too-deep'])
  })

  it('refuse a request that is too large or holds too many records', () => {
    const three = requestOf(bytes(''), bytes(''), bytes(''))
    expect(reasonOf(three, { limits: { maxBytes: three.length - 1 } })).toBe('too-large')
    expect(reasonOf(three, { limits: { maxRecords: 2 } })).toBe('too-many-records')
    expect(reasonOf(three, { limits: { maxBytes: three.length, maxRecords: 3 } })).toBeUndefined()
  })

  it('refuse a string, a key or bytes that are too long', () => {
    const limits = { maxStringBytes: 3 }
    const long = field(0x0a, Buffer.from('long'))
    expect(badReasons(requestWithBody(long), { limits })).toEqual(['string-too-long'])
    expect(badReasons(requestOf(field(0x32, long)), { limits })).toEqual(['string-too-long'])
    expect(badReasons(requestWithBody(field(0x3a, bytes('00000000'))), { limits })).toEqual([
      'string-too-long',
    ])
  })
})
