import { describe, expect, it } from 'vitest'
import { decodeLogs } from './decode-logs.ts'
import { encodeLogs } from './encode-logs.ts'
import { bytes, field, requestOf, requestWithBody } from './wire-fields.spec-helper.ts'

const bodyOf = (anyValueHex: string): unknown =>
  decodeLogs(requestWithBody(bytes(anyValueHex))).records[0]?.body

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
      timeMs: 1_795_223_320_653.355_5,
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

  it('takes the empty body and ids that the Collector writes as absent', () => {
    const [record] = decodeLogs(requestOf(bytes('2a 00 4a 00 52 00'))).records
    expect(record).toMatchObject({ body: null, traceId: '', spanId: '' })
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

describe('severity', () => {
  it.each([
    ['10 01', 1],
    ['10 18', 24],
    ['10 19', 0],
    ['10 ff ff ff ff ff ff ff ff ff 01', 0],
  ])('%s is %d', (hex, expected) => {
    expect(decodeLogs(requestOf(bytes(hex))).records[0]?.severityNumber).toBe(expected)
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
