import { readAnyValue, readKeyValue } from './any-value.ts'
import { bareObject } from './bare-object.ts'
import type { AnyJson, AttributeMap, OtlpLogRecord } from './log-record.ts'
import { knownSeverity } from './severity.ts'
import type { WireCursor } from './wire-cursor.ts'

/** opentelemetry/proto/logs/v1/logs.proto, message LogRecord: field × 8 + wire type. */
const TIME_UNIX_NANO = 0x09
const SEVERITY_NUMBER = 0x10
const SEVERITY_TEXT = 0x1a
const BODY = 0x2a
const ATTRIBUTES = 0x32
const TRACE_ID = 0x4a
const SPAN_ID = 0x52
const OBSERVED_TIME_UNIX_NANO = 0x59
const EVENT_NAME = 0x62
/** The fields above, as bits: with another wire type they are refused. Others (counts, flags) are stepped over. */
const FIELDS_READ = 0b1_1110_0110_1110

/** What a record stands under. */
export interface RecordPlace {
  readonly index: number
  readonly resource: AttributeMap
  readonly scopeName: string
}

/** The LogRecord in the bytes up to `end`. */
export const readLogRecord = (
  cursor: WireCursor,
  end: number,
  { index, resource, scopeName }: RecordPlace,
): OtlpLogRecord => {
  const attributes = bareObject<AnyJson>()
  let body: AnyJson = null
  let timeMs: number | null = null
  let observedMs: number | null = null
  let severityNumber = 0
  let severityText = ''
  let eventName = ''
  let traceId = ''
  let spanId = ''
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    switch (tag) {
      case TIME_UNIX_NANO:
        timeMs = cursor.timeMs(end)
        break
      case OBSERVED_TIME_UNIX_NANO:
        observedMs = cursor.timeMs(end)
        break
      case SEVERITY_NUMBER:
        severityNumber = knownSeverity(cursor.varint(end))
        break
      case SEVERITY_TEXT:
        severityText = cursor.text(cursor.endOfField(end))
        break
      case BODY:
        body = readAnyValue(cursor, cursor.endOfField(end), 0)
        break
      case ATTRIBUTES:
        readKeyValue(attributes, cursor, cursor.endOfField(end), 0)
        break
      case TRACE_ID:
        traceId = cursor.bytesText(cursor.endOfField(end), 'hex')
        break
      case SPAN_ID:
        spanId = cursor.bytesText(cursor.endOfField(end), 'hex')
        break
      case EVENT_NAME:
        eventName = cursor.text(cursor.endOfField(end))
        break
      default:
        cursor.stepOverOther(tag, end, FIELDS_READ)
    }
  }
  return {
    index,
    resource,
    scopeName,
    attributes,
    body,
    timeMs,
    observedMs,
    severityNumber,
    severityText,
    eventName,
    traceId,
    spanId,
  }
}
