import { OTEL_LOGS, OTEL_METRICS, OTEL_TRACES, type MetricRule } from '@kubesift/contracts'
import { Crossings, MetricWatch } from '@kubesift/core-signal'
import { MetricReading } from './metric-reading.ts'
import type { RawSource } from './normalise.ts'
import type { Observed } from './observed.ts'
import { Reading } from './reading.ts'
import { TraceReading } from './trace-reading.ts'

/** What every reader of a raw topic is given. */
export interface RawTopicOptions {
  readonly observed: Observed
  readonly defaultCluster: string
  readonly metricRules: readonly MetricRule[]
}

/** One raw topic: what is read of it, and what its readers remember from one to the next. */
export interface RawTopic extends RawSource {
  readonly topic: string
  /** What is added to the name of stage and group: that of logs has none, since it was there first. */
  readonly suffix: string
  /** Whether its progress is time: only that of the logs is; of the others only what sources have been seen. */
  readonly isTime: boolean
  /** A partition was given to this reader, with what the former one has noted. */
  recall(partition: number, note: string | undefined): void
}

const logs = ({ observed, defaultCluster }: RawTopicOptions): RawTopic => ({
  topic: OTEL_LOGS,
  suffix: '',
  isTime: true,
  reading: (memory) => new Reading(memory, defaultCluster),
  noteOf: (partition) => observed.noteOf(partition),
  recall: (partition, note) => observed.recall(partition, note),
  failed: () => undefined,
})

/** Nothing is told again in few bytes there. */
const FEW = 1_024

const metrics = ({ metricRules, defaultCluster }: RawTopicOptions): RawTopic => {
  const crossings = new Crossings()
  const known = { watch: new MetricWatch(metricRules), crossings, defaultCluster }
  return {
    topic: OTEL_METRICS,
    suffix: '-metrics',
    isTime: false,
    slots: FEW,
    reading: (memory) => new MetricReading(memory, known),
    noteOf: () => crossings.note(),
    recall: (_, note) => crossings.recall(note),
    failed: () => crossings.forget(),
  }
}

const traces = ({ defaultCluster }: RawTopicOptions): RawTopic => ({
  topic: OTEL_TRACES,
  suffix: '-traces',
  isTime: false,
  slots: FEW,
  reading: (memory) => new TraceReading(memory, defaultCluster),
  noteOf: () => '',
  recall: () => undefined,
  failed: () => undefined,
})

/** The raw topics that are read. */
export const rawTopics: readonly ((options: RawTopicOptions) => RawTopic)[] = [
  logs,
  metrics,
  traces,
]
