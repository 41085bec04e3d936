import { DAY_MS, type TopicPolicy } from '../topic.ts'

/** Raw OTLP export requests, written by the Collector, never rewritten. Their bytes are decoded by `adapter-otlp`, not by a schema here. */
export const otelTopics = ['otel-logs', 'otel-metrics', 'otel-traces'] as const
export type OtelTopic = (typeof otelTopics)[number]
export const OTEL_LOGS = 'otel-logs'
export const OTEL_METRICS = 'otel-metrics'
export const OTEL_TRACES = 'otel-traces'
export const otelPolicy: TopicPolicy = {
  partitions: 12,
  cleanup: 'delete',
  retentionMs: 7 * DAY_MS,
}
