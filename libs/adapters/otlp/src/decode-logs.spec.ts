import { describe, expect, it } from 'vitest'
import { decodeLogs } from './decode-logs.ts'
import { encodeLogs } from './encode-logs.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import type { ReadOptions } from './read-options.ts'

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** One field of a protobuf message: a tag, a length, and what is in it. */
const field = (tag: number, ...inner: readonly Uint8Array[]): Uint8Array => {
  const content = Buffer.concat(inner)
  const length = []
  for (let rest = content.length; ; rest = rest >>> 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
    if (rest <= 0x7f) break
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const requestOf = (...records: readonly Uint8Array[]): Uint8Array =>
  field(0x0a, field(0x12, ...records.map((record) => field(0x12, record))))

const requestWithBody = (...anyValue: readonly Uint8Array[]): Uint8Array =>
  requestOf(field(0x2a, ...anyValue))

const bodyOf = (anyValueHex: string): unknown =>
  decodeLogs(requestWithBody(bytes(anyValueHex))).records[0]?.body

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

describe('a whole record', () => {
  const request = {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'k8s.node.name', value: { stringValue: 'worker-1' } }] },
        scopeLogs: [
          {
            scope: { name: 'k8seventsreceiver', version: '1' },
            logRecords: [
              {
                timeUnixNano: '1795223320653355494',
                observedTimeUnixNano: '1795223321000000000',
                severityNumber: 13,
                severityText: 'Warning',
                body: { stringValue: 'Back-off restarting' },
                attributes: [
                  { key: 'k8s.event.count', value: { intValue: '7' } },
                  { key: 'absent', value: {} },
                ],
                droppedAttributesCount: 3,
                flags: 1,
                traceId: '5B8EFFF798038103D269B633813FC60C',
                spanId: 'eee19b7ec3c1b174',
                eventName: 'device.app.lifecycle',
              },
              {},
            ],
            schemaUrl: 'https://example.test/schema',
          },
        ],
      },
    ],
  }

  it('comes out with its resource, scope, times and ids', () => {
    const { records, bad } = decodeLogs(encodeLogs(request))
    expect(bad).toEqual([])
    expect(records[0]).toEqual({
      index: 0,
      resource: { 'k8s.node.name': 'worker-1' },
      scopeName: 'k8seventsreceiver',
      attributes: { 'k8s.event.count': 7, absent: null },
      body: 'Back-off restarting',
      timeMs: 1_795_223_320_653.355_494,
      observedMs: 1_795_223_321_000,
      severityNumber: 13,
      severityText: 'Warning',
      eventName: 'device.app.lifecycle',
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
    })
  })

  it('has empty values where the wire says nothing', () => {
    expect(decodeLogs(encodeLogs(request)).records[1]).toMatchObject({
      index: 1,
      attributes: {},
      body: null,
      timeMs: null,
      observedMs: null,
      severityNumber: 0,
      severityText: '',
      traceId: '',
    })
  })

  it('shares its resource with its neighbours', () => {
    const { records } = decodeLogs(encodeLogs(request))
    expect(records[0]?.resource).toBe(records[1]?.resource)
  })

  it('keeps whole milliseconds whole', () => {
    const times = Array.from({ length: 1000 }, (_, i) => 1_795_223_321_000 + i)
    const logRecords = times.map((ms) => ({ timeUnixNano: `${ms}000000` }))
    const { records } = decodeLogs(encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))
    expect(records.map(({ timeMs }) => timeMs)).toEqual(times)
  })
})

describe('fields in another order than Go writes them', () => {
  const value = field(0x12, field(0x0a, Buffer.from('v')))
  const key = field(0x0a, Buffer.from('k'))

  it('takes a value before its key', () => {
    const record = field(0x32, value, key)
    expect(decodeLogs(requestOf(record)).records[0]?.attributes).toEqual({ k: 'v' })
  })

  it('takes a resource and a scope behind their records', () => {
    const scopeLogs = field(0x12, field(0x12), field(0x0a, field(0x0a, Buffer.from('scope'))))
    const late = field(0x0a, scopeLogs, field(0x0a, field(0x0a, key, value)))
    expect(decodeLogs(late).records).toMatchObject([{ resource: { k: 'v' }, scopeName: 'scope' }])
  })

  it('skips an unwanted key that stands behind its value', () => {
    const unwanted = field(0x0a, Buffer.from('fieldsV1'))
    expect(decodeLogs(requestOf(field(0x32, value, unwanted))).records[0]?.attributes).toEqual({})
  })
})

describe('integers', () => {
  it.each([
    ['18 00', 0],
    ['18 ff 7f', 16_383],
    ['18 80 80 80 80 01', 268_435_456],
    ['18 ff ff ff ff 0f', 4_294_967_295],
    ['18 ff ff ff ff ff ff ff 0f', Number.MAX_SAFE_INTEGER],
    ['18 80 80 80 80 80 80 80 10', '9007199254740992'],
    ['18 ff ff ff ff ff ff ff ff 7f', '9223372036854775807'],
    ['18 ff ff ff ff ff ff ff ff ff 01', -1],
    ['18 81 80 80 80 80 80 80 f0 ff 01', Number.MIN_SAFE_INTEGER],
    ['18 80 80 80 80 80 80 80 80 80 01', '-9223372036854775808'],
  ])('%s is %s', (hex, expected) => {
    expect(bodyOf(hex)).toBe(expected)
  })
})

describe('values', () => {
  it.each([
    ['', null],
    ['0a 00', ''],
    ['0a 03 e2 82 ac', '€'],
    ['0a 01 ff', '\ufffd'],
    ['10 01', true],
    ['10 00', false],
    ['21 00 00 00 00 00 00 f8 3f', 1.5],
    ['2a 00', []],
    ['2a 04 0a 00 0a 00', [null, null]],
    ['32 00', {}],
    ['3a 02 00 ff', 'AP8='],
    ['10 01 0a 01 61', 'a'],
    ['42 03 01 02 03', null],
  ])('%s is %j', (hex, expected) => {
    expect(bodyOf(hex)).toEqual(expected)
  })
})

describe('skipped keys', () => {
  const entry = (key: string, value: unknown) => ({ key, value })
  const body = {
    kvlistValue: {
      values: [
        entry('manager', { stringValue: 'kubectl' }),
        entry('fieldsV1', { kvlistValue: { values: [entry('f:spec', { kvlistValue: {} })] } }),
        entry('fieldsV2', { stringValue: 'as long as fieldsV1' }),
      ],
    },
  }
  const request = encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] })

  it('leaves fieldsV1 out and who wrote it in', () => {
    expect(decodeLogs(request).records[0]?.body).toEqual({
      manager: 'kubectl',
      fieldsV2: 'as long as fieldsV1',
    })
  })

  it('are what the caller says', () => {
    expect(decodeLogs(request, { skipKeys: ['manager', 'fieldsV2'] }).records[0]?.body).toEqual({
      fieldsV1: { 'f:spec': {} },
    })
  })

  it('are stepped over unread', () => {
    const unread = field(0x12, bytes('0a ff'))
    const record = field(0x32, field(0x0a, Buffer.from('fieldsV1')), unread)
    expect(decodeLogs(requestOf(record)).bad).toEqual([])
  })
})

describe('keys with a meaning in JavaScript', () => {
  const keys = ['__proto__', 'constructor', 'hasOwnProperty', 'toString']

  it('are data', () => {
    const attributes = keys.map((key) => ({ key, value: { stringValue: 'x' } }))
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes }] }] }] }
    const [record] = decodeLogs(encodeLogs(request)).records
    expect(Object.keys(record?.attributes ?? {})).toEqual(keys)
    expect(JSON.parse(JSON.stringify(record?.attributes))).toHaveProperty('toString', 'x')
    expect(Object.prototype).not.toHaveProperty('x')
  })

  it('are not there when nobody sent them', () => {
    const [record] = decodeLogs(requestOf(bytes(''))).records
    expect(keys.filter((key) => key in (record?.attributes ?? {}))).toEqual([])
  })
})

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
    ['a field number beyond 2^29', '82 80 80 80 10 00', 'bad-tag'],
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
