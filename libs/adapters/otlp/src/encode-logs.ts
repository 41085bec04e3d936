import { encodeAnyValue, encodeKeyValues } from './encode-any-value.ts'
import { field, hexOf, listOf, objectOf, textOf, uint64Of, type JsonObject } from './json-shape.ts'
import { WireWriter } from './wire-writer.ts'

const NO_LIMIT = Number.MAX_SAFE_INTEGER

/**
 * Writes an OTLP/JSON export request of logs as a protobuf `ExportLogsServiceRequest`, for replays and tests: fields in the order of
 * their numbers, defaults left out (the Collector also writes some empty ones, which read the same). A wrong shape throws
 * `OtlpUnreadable` with its path.
 */
export const encodeLogs = (request: unknown): Uint8Array => {
  const out = new WireWriter()
  const groups = field(objectOf(request, '$'), 'resourceLogs', 'resource_logs')
  for (const [i, group] of listOf(groups, 'resourceLogs').entries()) {
    const at = `resourceLogs[${i}]`
    out.message(0x0a, () => encodeResourceLogs(out, objectOf(group, at), at))
  }
  return out.finish()
}

const encodeResourceLogs = (out: WireWriter, group: JsonObject, at: string): void => {
  const resource = objectOf(group['resource'], `${at}.resource`)
  out.message(0x0a, () => {
    encodeKeyValues(out, 0x0a, resource['attributes'], `${at}.resource.attributes`)
    encodeDropped(out, 0x10, resource, `${at}.resource`)
  })
  const scopes = listOf(field(group, 'scopeLogs', 'scope_logs'), `${at}.scopeLogs`)
  for (const [j, scope] of scopes.entries()) {
    const atScope = `${at}.scopeLogs[${j}]`
    out.message(0x12, () => encodeScopeLogs(out, objectOf(scope, atScope), atScope))
  }
  encodeText(out, 0x1a, field(group, 'schemaUrl', 'schema_url'), `${at}.schemaUrl`)
}

const encodeScopeLogs = (out: WireWriter, group: JsonObject, at: string): void => {
  const scope = objectOf(group['scope'], `${at}.scope`)
  out.message(0x0a, () => {
    encodeText(out, 0x0a, scope['name'], `${at}.scope.name`)
    encodeText(out, 0x12, scope['version'], `${at}.scope.version`)
    encodeKeyValues(out, 0x1a, scope['attributes'], `${at}.scope.attributes`)
    encodeDropped(out, 0x20, scope, `${at}.scope`)
  })
  const records = listOf(field(group, 'logRecords', 'log_records'), `${at}.logRecords`)
  for (const [k, record] of records.entries()) {
    const atRecord = `${at}.logRecords[${k}]`
    out.message(0x12, () => encodeRecord(out, objectOf(record, atRecord), atRecord))
  }
  encodeText(out, 0x1a, field(group, 'schemaUrl', 'schema_url'), `${at}.schemaUrl`)
}

const encodeRecord = (out: WireWriter, record: JsonObject, at: string): void => {
  encodeTime(out, 0x09, field(record, 'timeUnixNano', 'time_unix_nano'), at)
  encodeUint(out, 0x10, field(record, 'severityNumber', 'severity_number'), at)
  encodeText(out, 0x1a, field(record, 'severityText', 'severity_text'), at)
  const body = record['body']
  if (body !== undefined && body !== null) {
    out.message(0x2a, () => encodeAnyValue(out, body, `${at}.body`, 0))
  }
  encodeKeyValues(out, 0x32, record['attributes'], `${at}.attributes`)
  encodeDropped(out, 0x38, record, at)
  const flags = uint64Of(record['flags'], `${at}.flags`)
  if (flags !== 0n) {
    out.varint(0x45)
    out.fixed32(Number(BigInt.asUintN(32, flags)))
  }
  encodeHex(out, 0x4a, field(record, 'traceId', 'trace_id'), at)
  encodeHex(out, 0x52, field(record, 'spanId', 'span_id'), at)
  encodeTime(out, 0x59, field(record, 'observedTimeUnixNano', 'observed_time_unix_nano'), at)
  encodeText(out, 0x62, field(record, 'eventName', 'event_name'), at)
}

const encodeText = (out: WireWriter, tag: number, value: unknown, at: string): void => {
  const text = textOf(value, at, NO_LIMIT)
  if (text !== '') out.text(tag, text)
}

const encodeHex = (out: WireWriter, tag: number, value: unknown, at: string): void => {
  const hex = hexOf(value, at, NO_LIMIT)
  if (hex !== '') out.bytes(tag, Buffer.from(hex, 'hex'))
}

const encodeUint = (out: WireWriter, tag: number, value: unknown, at: string): void => {
  const integer = uint64Of(value, at)
  if (integer === 0n) return
  out.varint(tag)
  out.varint(integer)
}

const encodeDropped = (out: WireWriter, tag: number, object: JsonObject, at: string): void =>
  encodeUint(out, tag, field(object, 'droppedAttributesCount', 'dropped_attributes_count'), at)

const encodeTime = (out: WireWriter, tag: number, value: unknown, at: string): void => {
  const nanos = uint64Of(value, at)
  if (nanos === 0n) return
  out.varint(tag)
  out.fixed64(nanos)
}
