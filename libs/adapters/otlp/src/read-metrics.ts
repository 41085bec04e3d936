import { decodeMetrics } from './decode-metrics.ts'
import { decodeMetricsJson } from './decode-metrics-json.ts'
import type { MetricBatch } from './metric.ts'
import { parseRequest } from './parse-request.ts'
import { limitsOf, type MetricOptions } from './read-options.ts'
import { sniffLogs } from './sniff-logs.ts'

/** Reads an export request of metrics in whichever encoding it is; `contentType` is that of the Kafka header or the HTTP request. */
export const readMetrics = (
  bytes: Uint8Array,
  contentType?: string,
  options: MetricOptions = {},
): MetricBatch =>
  sniffLogs(bytes, contentType) === 'protobuf'
    ? decodeMetrics(bytes, options)
    : decodeMetricsJson(parseRequest(bytes, limitsOf(options)), options)
