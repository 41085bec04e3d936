import { readFileSync } from 'node:fs'
import { DEFAULT_SKIP_KEYS, type AnyJson } from '@kubesift/adapter-otlp'
import protobuf from 'protobufjs'

/**
 * protobufjs on the same bytes, as the yardstick. Its reflection writes the source of each decoder and compiles it, with the
 * generator that `pbjs -t static-module` prints to a file: the same code, without the file.
 */
const PROTO = new URL('../../libs/adapters/otlp/fixtures/otlp-logs.proto', import.meta.url)

interface PbKeyValue {
  readonly key: string
  readonly value?: PbAnyValue
}
interface PbAnyValue {
  readonly value?: keyof PbAnyValue
  readonly stringValue: string
  readonly boolValue: boolean
  readonly intValue: number | { toNumber(): number }
  readonly doubleValue: number
  readonly arrayValue: { readonly values: readonly PbAnyValue[] }
  readonly kvlistValue: { readonly values: readonly PbKeyValue[] }
  readonly bytesValue: Uint8Array
}
type PbFixed64 = number | { toNumber(): number }
interface PbLogRecord {
  readonly timeUnixNano: PbFixed64
  readonly observedTimeUnixNano: PbFixed64
  readonly severityNumber: number
  readonly severityText: string
  readonly body?: PbAnyValue
  readonly attributes: readonly PbKeyValue[]
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
}
interface PbRequest {
  readonly resourceLogs: readonly {
    readonly resource?: { readonly attributes: readonly PbKeyValue[] }
    readonly scopeLogs: readonly { readonly logRecords: readonly PbLogRecord[] }[]
  }[]
}

export interface PlainRecord {
  readonly resource: Record<string, AnyJson>
  readonly attributes: Record<string, AnyJson>
  readonly body: AnyJson
  readonly timeMs: number
  readonly observedMs: number
  readonly severityNumber: number
  readonly severityText: string
}

export type ProtobufjsDecode = (bytes: Uint8Array) => PbRequest

export const protobufjsDecoder = (): ProtobufjsDecode => {
  const root = new protobuf.Root()
  protobuf.parse(readFileSync(PROTO, 'utf8'), root)
  const type = root.lookupType('otlp.ExportLogsServiceRequest')
  return (bytes) => type.decode(bytes) as unknown as PbRequest
}

/** The decoded messages as what a consumer works with: maps instead of lists of pairs, plain values, milliseconds. */
export const plainRecords = (request: PbRequest): readonly PlainRecord[] => {
  const records: PlainRecord[] = []
  for (const group of request.resourceLogs) {
    const resource = plainMap(group.resource?.attributes ?? [])
    for (const scope of group.scopeLogs) {
      for (const record of scope.logRecords) records.push(plainRecord(record, resource))
    }
  }
  return records
}

const plainRecord = (record: PbLogRecord, resource: Record<string, AnyJson>): PlainRecord => ({
  resource,
  attributes: plainMap(record.attributes),
  body: plainValue(record.body),
  timeMs: numberOf(record.timeUnixNano) / 1e6,
  observedMs: numberOf(record.observedTimeUnixNano) / 1e6,
  severityNumber: record.severityNumber,
  severityText: record.severityText,
})

const skipped = new Set(DEFAULT_SKIP_KEYS)

const plainMap = (entries: readonly PbKeyValue[]): Record<string, AnyJson> => {
  const map: Record<string, AnyJson> = {}
  for (const { key, value } of entries) {
    if (!skipped.has(key)) map[key] = plainValue(value)
  }
  return map
}

const plainValue = (value: PbAnyValue | undefined): AnyJson => {
  switch (value?.value) {
    case 'stringValue':
      return value.stringValue
    case 'boolValue':
      return value.boolValue
    case 'intValue':
      return numberOf(value.intValue)
    case 'doubleValue':
      return value.doubleValue
    case 'arrayValue':
      return value.arrayValue.values.map(plainValue)
    case 'kvlistValue':
      return plainMap(value.kvlistValue.values)
    case 'bytesValue':
      return Buffer.from(value.bytesValue).toString('base64')
    default:
      return null
  }
}

const numberOf = (value: PbFixed64): number =>
  typeof value === 'number' ? value : value.toNumber()
