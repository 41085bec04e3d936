import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byProtobufjs } from './by-protobufjs.spec-helper.ts'
import { decodeMetrics } from './decode-metrics.ts'
import { decodeMetricsJson } from './decode-metrics-json.ts'
import { decodeTraces } from './decode-traces.ts'
import { decodeTracesJson } from './decode-traces-json.ts'
import { mutate, mutation } from './mutations.spec-helper.ts'
import { metricsRequest, tracesRequest } from './otlp-arbitraries.spec-helper.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import { readMetrics } from './read-metrics.ts'
import { readTraces } from './read-traces.ts'
import { field } from './wire-fields.spec-helper.ts'

const everyKey = { skipKeys: [] }
const readers = {
  metrics: {
    message: 'ExportMetricsServiceRequest',
    request: metricsRequest,
    decode: decodeMetrics,
    decodeJson: decodeMetricsJson,
    read: readMetrics,
  },
  traces: {
    message: 'ExportTraceServiceRequest',
    request: tracesRequest,
    decode: decodeTraces,
    decodeJson: decodeTracesJson,
    read: readTraces,
  },
} as const

describe.each(Object.entries(readers))('%s', (_, reader) => {
  const other = byProtobufjs(reader.message)

  it('are read alike by us, from JSON, and through protobufjs, on any request', () => {
    fc.assert(
      fc.property(reader.request, (request) => {
        const bytes = other.encode(request)
        const ours = reader.decode(bytes, everyKey)
        expect(ours.bad).toEqual([])
        expect(ours).toEqual(reader.decodeJson(JSON.stringify(request), everyKey))
        expect(ours).toEqual(reader.decodeJson(other.toJson(bytes), everyKey))
        expect(reader.read(bytes)).toEqual(
          reader.read(Buffer.from(JSON.stringify(request)), 'application/json'),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('that are broken anywhere are refused, or lose what is broken, and nothing else happens', () => {
    fc.assert(
      fc.property(reader.request, fc.array(mutation, { minLength: 1, maxLength: 3 }), (r, how) => {
        const bytes = how.reduce(mutate, other.encode(r))
        try {
          const { items, bad } = reader.decode(bytes)
          expect([...items, ...bad].map(({ index }) => index).sort((a, b) => a - b)).toEqual(
            Array.from({ length: items.length + bad.length }, (_, i) => i),
          )
        } catch (error) {
          expect(error).toBeInstanceOf(OtlpUnreadable)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of no JSON, or of JSON of another shape, are refused', () => {
    for (const text of ['{', '[1]', '{"resourceMetrics":7,"resourceSpans":7}', '"x"', '7'])
      expect(() => reader.decodeJson(text)).toThrow(OtlpUnreadable)
  })

  it('beyond a limit are refused', () => {
    const item = field(0x12, field(0x0a))
    const request = field(0x0a, field(0x12, item, item))
    expect(reader.decode(request).items).toHaveLength(2)
    expect(() => reader.decode(request, { limits: { maxRecords: 1 } })).toThrow(/more than 1/)
    expect(() => reader.decode(request, { limits: { maxBytes: 3 } })).toThrow(/are allowed/)
  })
})

describe('metrics', () => {
  const { encode } = byProtobufjs('ExportMetricsServiceRequest')
  const one = (metric: object): Uint8Array =>
    encode({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] })

  it('that nobody wants keep their points unread, also where the name stands behind them', () => {
    const points = field(0x2a, field(0x0a, field(0x7a)))
    const name = field(0x0a, Buffer.from('m'))
    const request = field(0x0a, field(0x12, field(0x12, points, name)))
    expect(decodeMetrics(request, { wanted: new Set(['other']) }).items).toMatchObject([
      { name: 'm', kind: 'gauge', points: [] },
    ])
    expect(decodeMetrics(request, { wanted: new Set(['m']) }).items).toMatchObject([
      { name: 'm', points: [{ value: null, timeMs: null }] },
    ])
  })

  it.each([-1, 0, 7, -(2 ** 40) - 5, 2 ** 53 - 1])('tell %d whole', (value) => {
    const point = { asInt: String(value), timeUnixNano: '1500000' }
    expect(decodeMetrics(one({ name: 'm', sum: { dataPoints: [point] } })).items).toMatchObject([
      { kind: 'sum', points: [{ value, timeMs: 1.5 }] },
    ])
  })

  it('whose sender has no value have none', () => {
    const point = { asInt: '7', flags: 1 }
    expect(decodeMetrics(one({ gauge: { dataPoints: [point] } })).items[0]?.points).toMatchObject([
      { value: null },
    ])
  })

  it('with more points than items may be lose themselves, not the request', () => {
    const dataPoints = Array.from({ length: 5 }, () => ({ asInt: '1' }))
    const request = encode({
      resourceMetrics: [
        { scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints } }, { name: 'b' }] }] },
      ],
    })
    const { items, bad } = decodeMetrics(request, { limits: { maxRecords: 3 } })
    expect(items.map(({ name }) => name)).toEqual(['b'])
    expect(bad).toMatchObject([{ index: 0, reason: 'too-many-records' }])
  })
})

it('a kind or status that OTLP does not define is none, and of endless events the first are read', () => {
  const { encode } = byProtobufjs('ExportTraceServiceRequest')
  const events = Array.from({ length: 50 }, (_, i) => ({ name: String(i) }))
  const span = { kind: 99, status: { code: 7 }, events }
  const [read] = decodeTraces(
    encode({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  ).items
  expect(read).toMatchObject({ kind: 0, statusCode: 0 })
  expect(read?.events).toHaveLength(32)
})

const captures =
  process.env['KUBESIFT_CAPTURES'] ??
  fileURLToPath(new URL('../../../../../shared/data/captures', import.meta.url))
const recordings = existsSync(captures)
  ? readdirSync(captures, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('metrics.otlp.jsonl.gz'))
      .toSorted()
  : []

/** They are not part of the repository. Absent, this shows as one skipped group. */
describe.skipIf(recordings.length === 0)('on every recording of k8s_cluster', () => {
  const other = byProtobufjs('ExportMetricsServiceRequest')
  it.for(recordings)('%s', { timeout: 60_000 }, (path) => {
    // A Collector that was killed in a line goes on in the same line.
    const text = gunzipSync(readFileSync(`${captures}/${path}`))
      .toString('utf8')
      .trim()
    const lines = text.split(/\n|(?<=\})(?=\{"resourceMetrics")/)
    for (const line of lines) {
      const ours = decodeMetrics(other.encode(JSON.parse(line)))
      expect(ours.bad).toEqual([])
      expect(ours).toEqual(decodeMetricsJson(line))
    }
    expect(lines.length).toBeGreaterThan(1)
  })
})
