import { describe, expect, it } from 'vitest'
import { decodeLogs } from './decode-logs.ts'
import { encodeLogs } from './encode-logs.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'

const requestOf = (...logRecords: readonly unknown[]): unknown => ({
  resourceLogs: [{ scopeLogs: [{ logRecords }] }],
})

describe('the writer', () => {
  it('writes fields by number and leaves defaults out', () => {
    const record = {
      observedTimeUnixNano: '2',
      timeUnixNano: 1,
      severityNumber: 9,
      severityText: '',
      traceId: '',
      body: { stringValue: '' },
      attributes: [
        { key: 'n', value: { intValue: -1 } },
        { key: 'null', value: {} },
      ],
    }
    expect(Buffer.from(encodeLogs(requestOf(record))).toString('hex')).toBe(
      '0a3c' + // resource_logs
        '0a00' + // resource
        '1238' + // scope_logs
        '0a00' + // scope
        '1234' + // log_records
        '090100000000000000' +
        '1009' +
        '2a020a00' +
        '3210' +
        '0a016e' +
        '120b18ffffffffffffffffff01' +
        '3208' +
        '0a046e756c6c' +
        '1200' +
        '590200000000000000',
    )
  })

  it('has room for anything, wherever its buffer ends', () => {
    const texts = [...Array.from({ length: 300 }, (_, i) => 3950 + i), 8150, 100_000, 3_000_000]
    const read = texts.map((length) => {
      const body = { stringValue: 'x'.repeat(length) }
      return decodeLogs(encodeLogs(requestOf({ body }))).records[0]?.body
    })
    expect(read.map((body) => String(body).length)).toEqual(texts)
  })

  it.each([
    ['a list', []],
    ['resource logs that are a word', { resourceLogs: 'x' }],
    ['a record that is a number', requestOf(1)],
    ['a time that is a date', requestOf({ timeUnixNano: '2026-11-21' })],
    ['an attribute of the wrong type', requestOf({ attributes: [{ key: 1 }] })],
  ])('refuses %s', (_, request) => {
    expect(() => encodeLogs(request)).toThrow(OtlpUnreadable)
  })
})
