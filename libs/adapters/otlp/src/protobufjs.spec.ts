import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { decodeLogs } from './decode-logs.ts'
import { decodeLogsJson } from './decode-logs-json.ts'
import { encodeLogs } from './encode-logs.ts'
import type { LogBatch } from './log-record.ts'
import { exportRequest } from './otlp-arbitraries.spec-helper.ts'

/**
 * Three ways to the same records, of which two are not our protobuf reader: from the OTLP/JSON itself, and from what protobufjs
 * makes of our bytes.
 */
const fixture = (name: string): URL => new URL(`../fixtures/${name}`, import.meta.url)
const root = protobuf.parse(readFileSync(fixture('otlp-logs.proto'), 'utf8')).root
const requestType = root.lookupType('otlp.ExportLogsServiceRequest')

/** protobufjs's own JSON form has base64 for all bytes; OTLP's has hex for ids. */
const withHexIds = (key: string, value: unknown): unknown =>
  (key === 'traceId' || key === 'spanId') && typeof value === 'string'
    ? Buffer.from(value, 'base64').toString('hex')
    : value

const byProtobufjs = (bytes: Uint8Array): LogBatch => {
  const plain = requestType.toObject(requestType.decode(bytes), {
    longs: String,
    bytes: String,
    json: true,
  })
  return decodeLogsJson(JSON.stringify(plain, withHexIds), { skipKeys: [] })
}

/** `toEqual` alone takes twice the time of everything else here, so it is kept for showing the difference. */
const expectSame = (ours: LogBatch, other: LogBatch): void => {
  if (isDeepStrictEqual(ours, other)) return
  expect(ours).toEqual(other)
  expect.fail('the records differ in what toEqual does not see')
}

const everyKey = { skipKeys: [] }

const expectAgreement = (request: unknown): number => {
  const bytes = encodeLogs(request)
  const ours = decodeLogs(bytes, everyKey)
  expect(ours.bad).toEqual([])
  expectSame(ours, decodeLogsJson(request, everyKey))
  expectSame(ours, byProtobufjs(bytes))
  expectSame(decodeLogs(bytes), decodeLogsJson(request))
  return ours.records.length
}

const requestsOf = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))

describe('our reader, the JSON reader and protobufjs agree', () => {
  it('on recorded requests', () => {
    const requests = requestsOf(readFileSync(fixture('recorded-requests.jsonl'), 'utf8'))
    expect(requests.map(expectAgreement).reduce((sum, n) => sum + n, 0)).toBe(33)
  })

  it('on any request', () => {
    fc.assert(
      fc.property(exportRequest, (request) => void expectAgreement(request)),
      { numRuns: 300 },
    )
  })
})

describe('our writer and that of protobufjs agree', () => {
  it('byte for byte on recorded requests', () => {
    for (const request of requestsOf(readFileSync(fixture('recorded-requests.jsonl'), 'utf8'))) {
      const bytes = encodeLogs(request)
      const again = requestType.encode(requestType.decode(bytes)).finish()
      expect(Buffer.from(bytes).equals(again)).toBe(true)
    }
  })
})

const captures =
  process.env['KUBESIFT_CAPTURES'] ??
  fileURLToPath(new URL('../../../../../shared/data/captures', import.meta.url))

const recordings = existsSync(captures)
  ? readdirSync(captures, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.otlp.jsonl.gz') && !path.includes('metrics'))
      .toSorted()
  : []

/** They are not part of the repository; the fixture above always runs. Absent, this shows as one skipped group. */
describe.skipIf(recordings.length === 0)('on every whole recording', () => {
  it.for(recordings)('%s', { timeout: 60_000 }, (path) => {
    const text = gunzipSync(readFileSync(`${captures}/${path}`)).toString('utf8')
    const records = requestsOf(text).map(expectAgreement)
    expect(records.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0)
  })
})
