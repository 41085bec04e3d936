export { ByteMemo, hashOf, Ranges, type Claim } from './byte-memo.ts'
export { countItems } from './count-items.ts'
export type {
  AnyJson,
  AnyJsonObject,
  AttributeMap,
  BadRecord,
  LogBatch,
  OtlpLogRecord,
} from './log-record.ts'
export { decodeLogs } from './decode-logs.ts'
export { decodeLogsJson } from './decode-logs-json.ts'
export type { ItemBatch, Under } from './envelope.ts'
export type { MetricBatch, OtlpMetric, OtlpPoint } from './metric.ts'
export { decodeMetricsJson } from './decode-metrics-json.ts'
export { decodeTracesJson } from './decode-traces-json.ts'
export { readMetrics } from './read-metrics.ts'
export { readTraces } from './read-traces.ts'
export type { OtlpSpan, OtlpSpanEvent, SpanBatch } from './span.ts'
export { encodeLogs } from './encode-logs.ts'
export { readLogs } from './read-logs.ts'
export { sniffLogs, type OtlpEncoding } from './sniff-logs.ts'
export { DEFAULT_LIMITS, type ReadLimits } from './read-limits.ts'
export { DEFAULT_SKIP_KEYS, type MetricOptions, type ReadOptions } from './read-options.ts'
export { RepeatMemo, type Repeats } from './repeat-memo.ts'
export type { RepeatKeys } from './repeat-scan.ts'
export { WireCursor } from './wire-cursor.ts'
export { OtlpUnreadable, UNREADABLE_REASONS, type UnreadableReason } from './otlp-unreadable.ts'
