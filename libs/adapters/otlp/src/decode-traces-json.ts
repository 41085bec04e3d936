import { mapFromJson, type JsonWalk } from './any-value-json.ts'
import { readJsonEnvelope, type Under } from './envelope.ts'
import { field, hexOf, listOf, objectOf, textOf, timeMsOf, uint64Of } from './json-shape.ts'
import { parseRequest } from './parse-request.ts'
import { DEFAULT_SKIP_KEYS, limitsOf, type ReadOptions } from './read-options.ts'
import {
  knownCode,
  knownKind,
  MAX_SPAN_EVENTS,
  type OtlpSpan,
  type OtlpSpanEvent,
  type SpanBatch,
} from './span.ts'

/** Reads an OTLP/JSON export request of traces, as text or already parsed, into the same as `decodeTraces`. */
export const decodeTracesJson = (input: unknown, options: ReadOptions = {}): SpanBatch => {
  const limits = limitsOf(options)
  const walk: JsonWalk = { limits, skip: new Set(options.skipKeys ?? DEFAULT_SKIP_KEYS) }
  const request = typeof input === 'string' ? parseRequest(input, limits) : input
  return readJsonEnvelope(
    request,
    ['resourceSpans', 'scopeSpans', 'spans'],
    walk,
    (value, at, under) => spanFromJson(value, at, under, walk),
  )
}

const spanFromJson = (value: unknown, at: string, under: Under, walk: JsonWalk): OtlpSpan => {
  const span = objectOf(value, at)
  const max = walk.limits.maxStringBytes
  const id = (camel: string, snake: string): string =>
    hexOf(field(span, camel, snake), `${at}.${camel}`, max)
  const time = (camel: string, snake: string): number | null =>
    timeMsOf(field(span, camel, snake), `${at}.${camel}`)
  const status = objectOf(span['status'], `${at}.status`)
  const events = listOf(span['events'], `${at}.events`).slice(0, MAX_SPAN_EVENTS)
  return {
    ...under,
    traceId: id('traceId', 'trace_id'),
    spanId: id('spanId', 'span_id'),
    parentSpanId: id('parentSpanId', 'parent_span_id'),
    name: textOf(span['name'], `${at}.name`, max),
    kind: knownKind(numberOf(span['kind'], KINDS, `${at}.kind`)),
    startMs: time('startTimeUnixNano', 'start_time_unix_nano'),
    endMs: time('endTimeUnixNano', 'end_time_unix_nano'),
    attributes: mapFromJson(span['attributes'], `${at}.attributes`, 0, walk),
    events: events.map((event, i) => eventFromJson(event, `${at}.events[${i}]`, walk)),
    statusCode: knownCode(numberOf(status['code'], CODES, `${at}.status.code`)),
    statusMessage: textOf(status['message'], `${at}.status.message`, max),
  }
}

/** OTLP/JSON has enums as numbers; some senders write their names. */
const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
)
const CODES = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`)

const numberOf = (value: unknown, names: readonly string[], at: string): number => {
  const named = typeof value === 'string' ? names.indexOf(value) : -1
  return named >= 0 ? named : Number(uint64Of(value, at))
}

const eventFromJson = (value: unknown, at: string, walk: JsonWalk): OtlpSpanEvent => {
  const event = objectOf(value, at)
  return {
    name: textOf(event['name'], `${at}.name`, walk.limits.maxStringBytes),
    attributes: mapFromJson(event['attributes'], `${at}.attributes`, 0, walk),
  }
}
