import { describe, expect, it } from 'vitest'
import { decodeLogsJson } from './decode-logs-json.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import type { ReadOptions } from './read-options.ts'

const requestOf = (...logRecords: readonly unknown[]): unknown => ({
  resourceLogs: [{ scopeLogs: [{ logRecords }] }],
})

const read = (record: unknown, options?: ReadOptions) => decodeLogsJson(requestOf(record), options)

const reasonOf = (input: unknown, options?: ReadOptions): string | undefined => {
  try {
    decodeLogsJson(input, options)
    return undefined
  } catch (error) {
    if (error instanceof OtlpUnreadable) return error.reason
    throw error
  }
}

describe('spellings that receivers must accept', () => {
  it('reads snake_case, numbers for 64-bit integers, and a byte order mark', () => {
    const text = `\ufeff{"resource_logs":[{"resource":{"attributes":[{"key":"a","value":{"int_value":-5}}]},
      "scope_logs":[{"scope":{"name":"s"},"log_records":[{"time_unix_nano":1795223321000000000,
      "observed_time_unix_nano":"1","severity_number":9,"severity_text":"Normal","trace_id":"AB","span_id":"cd",
      "event_name":"e","body":{"kvlist_value":{"values":[{"key":"k","value":{"array_value":{"values":[{"string_value":"v"}]}}}]}}}]}]}]}`
    expect(decodeLogsJson(text).records).toEqual([
      {
        index: 0,
        resource: { a: -5 },
        scopeName: 's',
        attributes: {},
        body: { k: ['v'] },
        timeMs: 1_795_223_321_000,
        observedMs: 0.000_001,
        severityNumber: 9,
        severityText: 'Normal',
        eventName: 'e',
        traceId: 'ab',
        spanId: 'cd',
      },
    ])
  })

  it.each([
    [null, null],
    [{}, null],
    [{ stringValue: null }, null],
    [{ stringValue: 'a\ud800b' }, 'a\ufffdb'],
    [{ intValue: '9007199254740991' }, Number.MAX_SAFE_INTEGER],
    [{ intValue: '-9223372036854775808' }, '-9223372036854775808'],
    [{ doubleValue: '-Infinity' }, -Infinity],
    [{ doubleValue: '1.5e3' }, 1500],
    [{ doubleValue: 'NaN' }, NaN],
    [{ bytesValue: '_-8' }, '/+8='],
    [{ arrayValue: {} }, []],
    [{ kvlistValue: {} }, {}],
  ])('%j is %j', (body, expected) => {
    expect(read({ body }).records[0]?.body).toEqual(expected)
  })
})

describe('records of the wrong shape', () => {
  it.each([
    ['a record that is a list', []],
    ['a body that is a string', { body: 'text' }],
    ['a string that is a number', { body: { stringValue: 1 } }],
    ['a boolean that is a string', { body: { boolValue: 'true' } }],
    ['an integer with a fraction', { body: { intValue: 1.5 } }],
    ['an integer of 65 bits', { body: { intValue: '9223372036854775808' } }],
    ['a double that is a word', { body: { doubleValue: 'infinity' } }],
    ['bytes that are not base64', { body: { bytesValue: '***' } }],
    ['attributes that are a map', { attributes: { a: 1 } }],
    ['an odd hex id', { traceId: 'abc' }],
    ['a time before 1970', { timeUnixNano: '-1' }],
  ])('%s is bad, and the next one good', (_, record) => {
    const { records, bad } = decodeLogsJson(requestOf(record, { severityText: 'next' }))
    expect(bad).toMatchObject([{ index: 0, reason: 'wrong-shape' }])
    expect(records).toMatchObject([{ index: 1, severityText: 'next' }])
  })

  it('say where', () => {
    expect(read({ traceId: 'x' }).bad[0]?.why).toContain(
      'resourceLogs[0].scopeLogs[0].logRecords[0].traceId',
    )
  })
})

describe('requests that are none', () => {
  it.each([
    ['text that is not JSON', '{"resourceLogs":', 'bad-json'],
    ['a list', '[]', 'wrong-shape'],
    ['a number', 5, 'wrong-shape'],
    ['resource logs that are a map', { resourceLogs: {} }, 'wrong-shape'],
    ['scope logs that are a word', { resourceLogs: [{ scopeLogs: 'x' }] }, 'wrong-shape'],
  ])('%s is refused', (_, input, reason) => {
    expect(reasonOf(input)).toBe(reason)
  })

  it('are not confused with empty ones', () => {
    expect(decodeLogsJson({})).toEqual({ records: [], bad: [] })
  })
})

describe('the limits of the protobuf reader', () => {
  const nested = (levels: number): unknown =>
    levels === 0 ? {} : { arrayValue: { values: [nested(levels - 1)] } }

  it('hold here too', () => {
    expect(read({ body: nested(64) }).bad).toEqual([])
    expect(read({ body: nested(65) }).bad).toMatchObject([{ reason: 'too-deep' }])
    expect(reasonOf('{"a":1}', { limits: { maxBytes: 6 } })).toBe('too-large')
    expect(reasonOf(requestOf({}, {}), { limits: { maxRecords: 1 } })).toBe('too-many-records')
    const limits = { maxStringBytes: 3 }
    expect(read({ severityText: 'long' }, { limits }).bad).toMatchObject([
      { reason: 'string-too-long' },
    ])
  })

  it('and so do its skipped keys', () => {
    const attributes = [{ key: 'fieldsV1', value: 5 }, { key: 'b' }]
    expect(read({ attributes }).records[0]?.attributes).toEqual({ b: null })
    expect(
      read({ attributes: [{ key: 'b' }] }, { skipKeys: ['b'] }).records[0]?.attributes,
    ).toEqual({})
  })

  it('and a key such as __proto__ is data', () => {
    const attributes = [{ key: '__proto__', value: { stringValue: 'x' } }]
    expect(Object.keys(read({ attributes }).records[0]?.attributes ?? {})).toEqual(['__proto__'])
  })
})
