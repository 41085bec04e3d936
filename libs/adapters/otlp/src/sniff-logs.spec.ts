import { describe, expect, it } from 'vitest'
import { countItems } from './count-items.ts'
import { encodeLogs } from './encode-logs.ts'
import { readLogs } from './read-logs.ts'
import { sniffLogs } from './sniff-logs.ts'

const json = { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, { body: { intValue: '1' } }] }] }] }
const text = (value: string): Uint8Array => Buffer.from(value, 'utf8')

/** A request whose only ResourceLogs has this many bytes: `0a`, which is a newline too, then the size. */
const requestOfSize = (size: number): Uint8Array => {
  const request = encodeLogs({ resourceLogs: [{ schemaUrl: 'x'.repeat(size - 4) }] })
  expect([...request.subarray(0, 2)]).toEqual([0x0a, size])
  return request
}

describe('the encoding of a request', () => {
  it.each([
    ['application/json', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['application/x-protobuf', 'protobuf'],
    ['application/protobuf', 'protobuf'],
    ['otlp_json', 'json'],
    ['otlp_proto', 'protobuf'],
  ])('is what the content type %s says', (contentType, expected) => {
    expect(sniffLogs(text('?'), contentType)).toBe(expected)
  })

  it.each([
    ['{}', 'json'],
    [' \t\r\n{}', 'json'],
    ['\n{"resourceLogs":[]}', 'json'],
    ['\n\n{"resourceLogs":[]}', 'json'],
    ['\ufeff{}', 'json'],
    ['', 'protobuf'],
    ['\n', 'protobuf'],
  ])('of %j is %s', (input, expected) => {
    expect(sniffLogs(text(input))).toBe(expected)
    expect(sniffLogs(text(input), 'text/plain')).toBe(expected)
  })

  it('is protobuf although the first bytes look like a newline and a brace', () => {
    expect(sniffLogs(requestOfSize(0x7b))).toBe('protobuf')
    expect(sniffLogs(Buffer.concat([requestOfSize(0x7b), requestOfSize(0x20)]))).toBe('protobuf')
  })
})

describe('reading either', () => {
  it('gives the same', () => {
    const fromJson = readLogs(text(JSON.stringify(json)))
    expect(fromJson.records.map(({ body }) => body)).toEqual([null, 1])
    expect(readLogs(encodeLogs(json))).toEqual(fromJson)
  })

  it('holds JSON to the size limit too', () => {
    const limits = { maxBytes: 10 }
    expect(() => readLogs(text(JSON.stringify(json)), undefined, { limits })).toThrow('are allowed')
  })
})

describe('counting', () => {
  it('counts items in either encoding, of any signal', () => {
    expect(countItems(encodeLogs(json))).toBe(2)
    expect(countItems(text(JSON.stringify(json)))).toBe(2)
    expect(countItems(text('{"resource_spans":[{"scopeSpans":[{"spans":[{},{},{}]}]}]}'))).toBe(3)
    expect(countItems(text('{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{}]},{}]}]}'))).toBe(1)
    expect(countItems(text(''))).toBe(0)
  })
})
