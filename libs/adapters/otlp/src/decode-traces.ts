import { readKeyValue } from './any-value.ts'
import { bareObject } from './bare-object.ts'
import { readEnvelope, type Under } from './envelope.ts'
import type { AnyJson } from './log-record.ts'
import { DEFAULT_SKIP_KEYS, limitsOf, type ReadOptions } from './read-options.ts'
import { SkipKeys } from './skip-keys.ts'
import {
  knownCode,
  knownKind,
  MAX_SPAN_EVENTS,
  type OtlpSpan,
  type OtlpSpanEvent,
  type SpanBatch,
} from './span.ts'
import { WireCursor } from './wire-cursor.ts'

/** opentelemetry/proto/trace/v1/trace.proto, message Span: field × 8 + wire type. */
const TRACE_ID = 0x0a
const SPAN_ID = 0x12
const PARENT_SPAN_ID = 0x22
const NAME = 0x2a
const KIND = 0x30
const START = 0x39
const END = 0x41
const ATTRIBUTES = 0x4a
const EVENTS = 0x5a
const STATUS = 0x7a
const SPAN_FIELDS = 0b1000_1011_1111_0110

/** Span.Event. */
const EVENT_NAME = 0x12
const EVENT_ATTRIBUTES = 0x1a
const EVENT_FIELDS = 0b1100

/** Status. */
const MESSAGE = 0x12
const CODE = 0x18
const STATUS_FIELDS = 0b1100

const defaultSkip = new SkipKeys(DEFAULT_SKIP_KEYS)

/**
 * Reads an OTLP `ExportTraceServiceRequest` in protobuf.
 *
 * A span that cannot be read is reported in `bad`, and the others of its request are returned. Where the envelope itself is broken
 * nothing behind it can be trusted, and `OtlpUnreadable` is thrown. It throws nothing else.
 */
export const decodeTraces = (bytes: Uint8Array, options: ReadOptions = {}): SpanBatch => {
  const skip = options.skipKeys === undefined ? defaultSkip : new SkipKeys(options.skipKeys)
  return readEnvelope(WireCursor.over(bytes, limitsOf(options), skip), readSpan)
}

const readSpan = (cursor: WireCursor, end: number, under: Under): OtlpSpan => {
  const attributes = bareObject<AnyJson>()
  const events: OtlpSpanEvent[] = []
  const ids = { traceId: '', spanId: '', parentSpanId: '' }
  let status = { statusCode: 0, statusMessage: '' }
  let name = ''
  let kind = 0
  let startMs: number | null = null
  let endMs: number | null = null
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    switch (tag) {
      case TRACE_ID:
        ids.traceId = cursor.bytesText(cursor.endOfField(end), 'hex')
        break
      case SPAN_ID:
        ids.spanId = cursor.bytesText(cursor.endOfField(end), 'hex')
        break
      case PARENT_SPAN_ID:
        ids.parentSpanId = cursor.bytesText(cursor.endOfField(end), 'hex')
        break
      case NAME:
        name = cursor.text(cursor.endOfField(end))
        break
      case KIND:
        kind = knownKind(cursor.varint(end))
        break
      case START:
        startMs = cursor.timeMs(end)
        break
      case END:
        endMs = cursor.timeMs(end)
        break
      case ATTRIBUTES:
        readKeyValue(attributes, cursor, cursor.endOfField(end), 0)
        break
      case EVENTS:
        addEvent(events, cursor, cursor.endOfField(end))
        break
      case STATUS:
        status = readStatus(cursor, cursor.endOfField(end))
        break
      default:
        cursor.stepOverOther(tag, end, SPAN_FIELDS)
    }
  }
  return { ...under, ...ids, name, kind, startMs, endMs, attributes, events, ...status }
}

const addEvent = (events: OtlpSpanEvent[], cursor: WireCursor, end: number): void => {
  if (events.length >= MAX_SPAN_EVENTS) cursor.pos = end
  else events.push(readEvent(cursor, end))
}

const readEvent = (cursor: WireCursor, end: number): OtlpSpanEvent => {
  const attributes = bareObject<AnyJson>()
  let name = ''
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === EVENT_NAME) name = cursor.text(cursor.endOfField(end))
    else if (tag === EVENT_ATTRIBUTES) readKeyValue(attributes, cursor, cursor.endOfField(end), 0)
    else cursor.stepOverOther(tag, end, EVENT_FIELDS)
  }
  return { name, attributes }
}

const readStatus = (
  cursor: WireCursor,
  end: number,
): Pick<OtlpSpan, 'statusCode' | 'statusMessage'> => {
  let statusCode = 0
  let statusMessage = ''
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === MESSAGE) statusMessage = cursor.text(cursor.endOfField(end))
    else if (tag === CODE) statusCode = knownCode(cursor.varint(end))
    else cursor.stepOverOther(tag, end, STATUS_FIELDS)
  }
  return { statusCode, statusMessage }
}
