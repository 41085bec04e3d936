import { readKeyValue } from './any-value.ts'
import { bareObject } from './bare-object.ts'
import { readEnvelope, type Under } from './envelope.ts'
import type { AnyJson } from './log-record.ts'
import type { MetricBatch, OtlpMetric, OtlpPoint } from './metric.ts'
import { DEFAULT_SKIP_KEYS, limitsOf, type MetricOptions } from './read-options.ts'
import { SkipKeys } from './skip-keys.ts'
import { WireCursor } from './wire-cursor.ts'

/** opentelemetry/proto/metrics/v1/metrics.proto, message Metric: field × 8 + wire type. */
const NAME = 0x0a
const GAUGE = 0x2a
const SUM = 0x3a
/** name, gauge, sum; and histogram, exponential_histogram, summary, whose points are not read. */
const METRIC_FIELDS = 0b1110_1010_0010
const OTHER_DATA: ReadonlySet<number> = new Set([0x4a, 0x52, 0x5a])

/** Gauge and Sum: `data_points` = 1; the temporality and the flag of a sum are stepped over. */
const DATA_POINTS = 0x0a
const DATA_FIELDS = 0b10

/** NumberDataPoint. */
const TIME_UNIX_NANO = 0x19
const AS_DOUBLE = 0x21
const AS_INT = 0x31
const ATTRIBUTES = 0x3a
const FLAGS = 0x40
const POINT_FIELDS = 0b1_1101_1000
const NO_RECORDED_VALUE = 1

const defaultSkip = new SkipKeys(DEFAULT_SKIP_KEYS)

/**
 * Reads an OTLP `ExportMetricsServiceRequest` in protobuf: the numbers of gauges and sums. Of the metrics that are not `wanted` nothing
 * but the name is looked at.
 *
 * A metric that cannot be read is reported in `bad`, and the others of its request are returned. Where the envelope itself is broken
 * nothing behind it can be trusted, and `OtlpUnreadable` is thrown. It throws nothing else.
 */
export const decodeMetrics = (bytes: Uint8Array, options: MetricOptions = {}): MetricBatch => {
  const skip = options.skipKeys === undefined ? defaultSkip : new SkipKeys(options.skipKeys)
  const cursor = WireCursor.over(bytes, limitsOf(options), skip)
  return readEnvelope(cursor, (at, end, under) => readMetric(at, end, under, options.wanted))
}

const readMetric = (
  cursor: WireCursor,
  end: number,
  under: Under,
  wanted: MetricOptions['wanted'],
): OtlpMetric => {
  let name = ''
  let kind: OtlpMetric['kind'] = 'other'
  let from = -1
  let to = -1
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === NAME) name = cursor.text(cursor.endOfField(end))
    else if (tag === GAUGE || tag === SUM) {
      // The name may stand behind the points.
      kind = tag === GAUGE ? 'gauge' : 'sum'
      to = cursor.endOfField(end)
      from = cursor.pos
      cursor.pos = to
    } else if (OTHER_DATA.has(tag)) {
      kind = 'other'
      from = -1
      cursor.stepOver(tag, end)
    } else cursor.stepOverOther(tag, end, METRIC_FIELDS)
  }
  if (from < 0 || wanted?.has(name) === false) return { ...under, name, kind, points: [] }
  cursor.pos = from
  return { ...under, name, kind, points: readPoints(cursor, to) }
}

const readPoints = (cursor: WireCursor, end: number): OtlpPoint[] => {
  const points: OtlpPoint[] = []
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag !== DATA_POINTS) {
      cursor.stepOverOther(tag, end, DATA_FIELDS)
      continue
    }
    if (points.length >= cursor.limits.maxRecords)
      cursor.fail('too-many-records', `more than ${cursor.limits.maxRecords} points`)
    points.push(readPoint(cursor, cursor.endOfField(end)))
  }
  return points
}

const readPoint = (cursor: WireCursor, end: number): OtlpPoint => {
  const attributes = bareObject<AnyJson>()
  let timeMs: number | null = null
  let value: number | null = null
  let isMissing = false
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    switch (tag) {
      case TIME_UNIX_NANO:
        timeMs = cursor.timeMs(end)
        break
      case AS_DOUBLE:
        value = cursor.double(end)
        break
      case AS_INT:
        value = cursor.fixedInt64(end)
        break
      case ATTRIBUTES:
        readKeyValue(attributes, cursor, cursor.endOfField(end), 0)
        break
      case FLAGS:
        isMissing = cursor.varint(end) % 2 === NO_RECORDED_VALUE
        break
      default:
        cursor.stepOverOther(tag, end, POINT_FIELDS)
    }
  }
  return { attributes, timeMs, value: isMissing ? null : value }
}
