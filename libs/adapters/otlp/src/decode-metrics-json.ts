import { mapFromJson, type JsonWalk } from './any-value-json.ts'
import { readJsonEnvelope, type Under } from './envelope.ts'
import {
  doubleOf,
  field,
  int64Of,
  listOf,
  objectOf,
  refuse,
  textOf,
  timeMsOf,
  uint64Of,
  type JsonObject,
} from './json-shape.ts'
import type { MetricBatch, OtlpMetric, OtlpPoint } from './metric.ts'
import { parseRequest } from './parse-request.ts'
import { DEFAULT_SKIP_KEYS, limitsOf, type MetricOptions } from './read-options.ts'

/** Reads an OTLP/JSON export request of metrics, as text or already parsed, into the same as `decodeMetrics`. */
export const decodeMetricsJson = (input: unknown, options: MetricOptions = {}): MetricBatch => {
  const limits = limitsOf(options)
  const walk: JsonWalk = { limits, skip: new Set(options.skipKeys ?? DEFAULT_SKIP_KEYS) }
  const request = typeof input === 'string' ? parseRequest(input, limits) : input
  return readJsonEnvelope(
    request,
    ['resourceMetrics', 'scopeMetrics', 'metrics'],
    walk,
    (value, at, under) => metricFromJson(objectOf(value, at), at, under, { walk, options }),
  )
}

const OTHERS = [
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
] as const

const metricFromJson = (
  metric: JsonObject,
  at: string,
  under: Under,
  { walk, options }: { readonly walk: JsonWalk; readonly options: MetricOptions },
): OtlpMetric => {
  const name = textOf(metric['name'], `${at}.name`, walk.limits.maxStringBytes)
  const isOther = OTHERS.some(([camel, snake]) => isGiven(field(metric, camel, snake)))
  const kind = isOther
    ? 'other'
    : isGiven(metric['sum'])
      ? 'sum'
      : isGiven(metric['gauge'])
        ? 'gauge'
        : 'other'
  if (kind === 'other' || options.wanted?.has(name) === false)
    return { ...under, name, kind, points: [] }
  const place = `${at}.${kind}.dataPoints`
  const points = listOf(
    field(objectOf(metric[kind], `${at}.${kind}`), 'dataPoints', 'data_points'),
    place,
  )
  if (points.length > walk.limits.maxRecords)
    refuse('too-many-records', place, `more than ${walk.limits.maxRecords} points`)
  return {
    ...under,
    name,
    kind,
    points: points.map((point, i) => pointFromJson(point, `${place}[${i}]`, walk)),
  }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

const pointFromJson = (value: unknown, at: string, walk: JsonWalk): OtlpPoint => {
  const point = objectOf(value, at)
  const flags = uint64Of(point['flags'], `${at}.flags`)
  return {
    attributes: mapFromJson(point['attributes'], `${at}.attributes`, 0, walk),
    timeMs: timeMsOf(field(point, 'timeUnixNano', 'time_unix_nano'), `${at}.timeUnixNano`),
    value: flags % 2n === 1n ? null : numberOf(point, at),
  }
}

const numberOf = (point: JsonObject, at: string): number | null => {
  const int = field(point, 'asInt', 'as_int')
  if (isGiven(int)) return Number(int64Of(int, `${at}.asInt`))
  const double = field(point, 'asDouble', 'as_double')
  return isGiven(double) ? doubleOf(double, `${at}.asDouble`) : null
}
