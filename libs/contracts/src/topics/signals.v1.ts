import { z } from 'zod'
import { namespaceKey } from '../incident-key.ts'
import { instant, objectRefSchema } from '../shared.ts'
import { DAY_MS, defineTopic, type MessageOf } from '../topic.ts'
import { alertSchema } from './alert-signal.ts'
import { allocationSchema } from './cost-signal.ts'
import { metricSchema } from './metric-signal.ts'
import { hearingSchema, patternSchema } from './pattern-signal.ts'
import { deliverySchema } from './release-signal.ts'
import { slimObjectSchema } from './slim-object.ts'

const common = {
  /** Offsets in the chunk's source partition of the records that said this (exact repeats folded; the first 8 are named). */
  offsets: z.array(z.number().int()).min(1).max(8),
  /** How many records said exactly this. */
  repeats: z.int().min(1),
}

/** What a stored Kubernetes Event says each time that it is told: everything but how often and when last. */
export const eventHeadSchema = z.object({
  uid: z.string().min(1),
  involved: objectRefSchema,
  reason: z.string(),
  /** `Normal` or `Warning` (others are kept as they came). Type is not importance. */
  type: z.string(),
  message: z.string(),
  firstAt: instant,
  component: z.string().optional(),
  host: z.string().optional(),
  /** The text began with "(combined from similar events)". */
  combined: z.boolean().optional(),
  /** Came through a source that drops `series`, and had no count of its own: repeats cannot be seen. */
  seriesDropped: z.boolean().optional(),
  /**
   * Which series of repeats it is of, among those about its object: what its name ends in, the instant of the first occurrence in nanoseconds
   * (or a random UUID). An Event that expired and was made anew has another `uid` and the same series, and its count goes on in it. Absent
   * where the name says no such thing: then the Event is a series by itself.
   */
  series: z.string().optional(),
  /** When this stored Event was made, where its series had begun long before: it was made anew. */
  madeAt: instant.optional(),
})
export type EventHead = z.infer<typeof eventHeadSchema>

/** One state of a stored Event. Counts are cumulative per `series` (without one, per `uid`); never add them over records. */
export const tellingSchema = z.object({
  /** series.count ?? (count > 0 ? count : 1). */
  n: z.int().min(1),
  /** When it was last seen by then. */
  at: instant,
  /**
   * Offset in the chunk's source partition of the first record that said this, or said less that no fact keeps beside it (a count of more
   * than five significant bits, told in the same batch) …
   */
  offset: z.number().int(),
  /** … and of the last, where several did. */
  lastOffset: z.number().int().optional(),
  /** How many records this stands for. */
  repeats: z.int().min(1),
})
export type Telling = z.infer<typeof tellingSchema>

/** One stored Event, as it was told once or several times in one input batch. */
export const eventSignalSchema = z.object({
  t: z.literal('event'),
  event: eventHeadSchema,
  tellings: z.array(tellingSchema).min(1),
})
export type EventSignal = z.infer<typeof eventSignalSchema>

/**
 * An Event told again: nothing of it but count and time is new since it was told whole, before this in the same partition of `signals`
 * and at most {@link TOLD_WHOLE_EVERY_MS} before. Who does not know the Event waits for that.
 */
export const againSignalSchema = z.object({
  t: z.literal('again'),
  uid: z.string().min(1),
  tellings: z.array(tellingSchema).min(1),
})
export type AgainSignal = z.infer<typeof againSignalSchema>

/** By the time of the raw records. */
export const TOLD_WHOLE_EVERY_MS = 10 * 60_000

export const objectSignalSchema = z.object({
  t: z.literal('object'),
  ...common,
  observedAt: instant,
  deleted: z.boolean().optional(),
  object: slimObjectSchema,
})
export type ObjectSignal = z.infer<typeof objectSignalSchema>

/** An alert, as one webhook told of it. */
export const alertSignalSchema = z.object({
  t: z.literal('alert'),
  ...common,
  /** When that was: the newest telling of one alert holds. */
  toldAt: instant,
  alert: alertSchema,
})
export type AlertSignal = z.infer<typeof alertSignalSchema>

/** What a delivery tool brought into this namespace. */
export const releaseSignalSchema = z.object({
  t: z.literal('release'),
  ...common,
  observedAt: instant,
  release: deliverySchema,
})
export type ReleaseSignal = z.infer<typeof releaseSignalSchema>

/** Lines or flows of one pattern, as one input batch had them. They are counted by record: whoever has counted an offset passes over it. */
export const patternSignalSchema = z.object({
  t: z.literal('pattern'),
  ...common,
  pattern: patternSchema,
  /** The newest, without secrets. */
  example: z.string(),
  /** By offset. */
  heard: z.array(hearingSchema).min(1),
})
export type PatternSignal = z.infer<typeof patternSignalSchema>

/**
 * A metric that has crossed a threshold of the catalogue, or has come back. Told when that changes, and now and then while the breach
 * lasts; samples that change nothing are not told.
 */
export const metricSignalSchema = z.object({
  t: z.literal('metric'),
  ...common,
  /** When it was measured. */
  at: instant,
  /** Beyond the threshold; false: within it. */
  breach: z.boolean(),
  /** Since when it has been so without a break, as far as its reader saw. */
  since: instant,
  metric: metricSchema,
})
export type MetricSignal = z.infer<typeof metricSignalSchema>

/** What something cost in a window. Of several tellings of one window the newest holds; windows are never added up. */
export const costSignalSchema = z.object({
  t: z.literal('cost'),
  ...common,
  toldAt: instant,
  allocation: allocationSchema,
})
export type CostSignal = z.infer<typeof costSignalSchema>

/** A record that no reader knew: kept with its place, counted, never dropped silently. */
export const unclassifiedSignalSchema = z.object({
  t: z.literal('unclassified'),
  ...common,
  why: z.string(),
})
export type UnclassifiedSignal = z.infer<typeof unclassifiedSignalSchema>

export const signalSchema = z.discriminatedUnion('t', [
  eventSignalSchema,
  againSignalSchema,
  objectSignalSchema,
  alertSignalSchema,
  releaseSignalSchema,
  patternSignalSchema,
  metricSignalSchema,
  costSignalSchema,
  unclassifiedSignalSchema,
])
export type Signal = z.infer<typeof signalSchema>

export const sourceSchema = z.object({ topic: z.string(), partition: z.int() })
export type SourcePartition = z.infer<typeof sourceSchema>

/** Many signals of one namespace out of one input batch. */
export const chunkSchema = z.object({
  kind: z.literal('chunk'),
  cluster: z.string(),
  /** Empty for cluster-scoped objects. */
  namespace: z.string(),
  source: sourceSchema,
  signals: z.array(signalSchema),
})
export type SignalChunk = z.infer<typeof chunkSchema>

/** What one reader has read of one kind of source since it took the partition. */
const sourceSeenSchema = z.object({ firstAt: instant, lastAt: instant, count: z.int() })

const clusterProgressSchema = z.object({
  /** By kind of source (`sourceKinds` in core-signal), by Kafka's time; and the offset that the reader began at. */
  sources: z.record(z.string(), sourceSeenSchema).optional(),
  sourcesFrom: z.number().int().optional(),
  /** The first observed time of the object stream that this reader saw since it took the partition. */
  objectsFrom: instant.optional(),
  /** Newest observed time of the object stream. */
  objectsAt: instant.optional(),
  /** Newest time of the event stream (used where a cluster has no object stream). */
  eventsAt: instant.optional(),
  /** Kafka's time of the record that brought the newest object: what proves that the stream lives. Absent where it claims no liveness. */
  objectsArrivedAt: instant.optional(),
  /** The same of the canary of the Event stream, where the cluster has one. Event time. */
  canaryFrom: instant.optional(),
  canaryAt: instant.optional(),
  canaryGaps: z
    .array(z.tuple([instant, instant]))
    .max(16)
    .optional(),
  /** The partition of `signals` that decides for the cluster as a whole. */
  home: z.int().optional(),
  /** Silences of the object stream in this partition, longer than the gap threshold: [from, to]. The newest 16. */
  gaps: z
    .array(z.tuple([instant, instant]))
    .max(16)
    .optional(),
})

const reportSchema = z.object({
  /** The partition of the raw topic that this is about. */
  partition: z.int(),
  /** Next offset to read. */
  next: z.number().int(),
  /** Read to the end when this was written: this partition holds nobody back. */
  caughtUp: z.boolean(),
  /** When the end was asked for: this partition vouches for what others had reported by then. */
  asOf: instant,
  clusters: z.record(z.string(), clusterProgressSchema),
})
export type ProgressReport = z.infer<typeof reportSchema>

/**
 * Time, as a record: how far one reader of a raw topic has come. Written to every partition of `signals`. The watermark of a cluster is
 * derived from those of {@link OTEL_LOGS} by taking the minimum over the raw partitions (`watermark.ts` in core-context); what is told of
 * another topic is for sight of its sources alone, so that a stream that lags or is absent holds nobody back.
 */
export const progressSchema = z.object({
  kind: z.literal('progress'),
  topic: z.string(),
  /** How many partitions the topic has: a watermark needs word from each. */
  partitions: z.int().min(1),
  reports: z.array(reportSchema),
  /** Wall clock of the writer. It only orders reports of different partitions; no decision about incidents reads it. */
  writtenAt: instant,
})
export type Progress = z.infer<typeof progressSchema>

const firstOffsetOf = (signal: Signal | undefined): number =>
  (signal === undefined
    ? undefined
    : 'tellings' in signal
      ? signal.tellings[0]?.offset
      : signal.offsets[0]) ?? 0

export const signals = defineTopic({
  topic: 'signals',
  version: 1,
  type: 'dev.kubesift.signals.v1',
  schema: z.discriminatedUnion('kind', [chunkSchema, progressSchema]),
  keyOf: (m) => (m.kind === 'chunk' ? namespaceKey(m.cluster, m.namespace) : 'progress'),
  idOf: (m) =>
    m.kind === 'chunk'
      ? `${m.source.topic}/${m.source.partition}/${firstOffsetOf(m.signals[0])}/${namespaceKey(m.cluster, m.namespace)}`
      : `progress/${m.topic}/${m.reports[0]?.partition ?? ''}/${m.writtenAt}`,
  policy: { partitions: 12, cleanup: 'delete', retentionMs: 7 * DAY_MS },
})
export type SignalsMessage = MessageOf<typeof signals>
