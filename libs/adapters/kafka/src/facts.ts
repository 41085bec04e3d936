import { metrics, type BatchObservableCallback } from '@opentelemetry/api'

/** How far one partition lags, for the gauge. */
export interface Lag {
  readonly topic: string
  readonly partition: number
  readonly records: number
  /** For how long the first of them has waited. */
  readonly seconds: number
}

const meter = metrics.getMeter('kubesift.kafka')

const consumed = meter.createCounter('kubesift.kafka.records_consumed', {
  unit: '{record}',
  description: 'Records whose effects are durable.',
})
const published = meter.createCounter('kubesift.kafka.records_published', {
  unit: '{record}',
  description: 'Records acknowledged by all in-sync replicas.',
})
const parked = meter.createCounter('kubesift.kafka.records_parked', {
  unit: '{record}',
  description: 'Records sent to a dead-letter topic.',
})
const retried = meter.createCounter('kubesift.kafka.retries', {
  unit: '{attempt}',
  description: 'Slices put back to wait for a dependency.',
})
const batch = meter.createHistogram('kubesift.kafka.batch_duration', {
  unit: 's',
  description: 'Time from handing over a slice to its commit.',
})
const lag = meter.createObservableGauge('kubesift.kafka.lag', {
  unit: '{record}',
  description: 'Records between the next one to handle and the end of the partition.',
})
const lagSeconds = meter.createObservableGauge('kubesift.kafka.lag_seconds', {
  unit: 's',
  description: 'For how long the next record to handle has waited since it was written.',
})

/** Everything this adapter reports. Labels are topics, partitions and failure codes: closed sets. */
export const facts = {
  recordsConsumed: (topic: string, n: number): void => consumed.add(n, { topic }),
  recordsPublished: (topic: string, n: number): void => published.add(n, { topic }),
  recordParked: (topic: string, code: string): void => parked.add(1, { topic, code }),
  sliceRetried: (topic: string, code: string): void => retried.add(1, { topic, code }),
  sliceFinished: (topic: string, seconds: number): void => batch.record(seconds, { topic }),
  /** Reports lag at each collection until the returned function is called. */
  watchLag: (read: () => readonly Lag[]): (() => void) => {
    const gauges = [lag, lagSeconds]
    const report: BatchObservableCallback = (result) => {
      for (const { topic, partition, records, seconds } of read()) {
        result.observe(lag, records, { topic, partition })
        result.observe(lagSeconds, seconds, { topic, partition })
      }
    }
    meter.addBatchObservableCallback(report, gauges)
    return () => meter.removeBatchObservableCallback(report, gauges)
  },
}
