import {
  createKafka,
  readRecords,
  spansSince,
  topicsPresent,
  type Span,
} from '@kubesift/adapter-kafka'
import { readSignals, type SignalsRecord } from '@kubesift/adapter-signals'
import { namespaceKey, nextStep, signals, type Signal } from '@kubesift/contracts'
import { visible } from '../dlq/visible.ts'
import type { State } from '../frame/state.ts'

/** The namespace of which `normalise` has read most in the last minute, and how much of all that is. */
export interface Heaviest {
  /** `cluster/namespace`, percent-encoded; no namespace is what belongs to the cluster as a whole. */
  readonly namespace: string
  readonly share: number
  /** Raw records of all namespaces in that minute, by the sample. */
  readonly records: number
}

const MINUTE_MS = 60_000
const WITHIN_MS = 6_000
/** The newest of a partition that are read; a partition that has more in the minute counts for more. */
const SAMPLE = 200

/** What lies in a partition since a minute ago, and of what the newest of that told, by namespace. */
export interface Sampled {
  readonly written: number
  readonly read: number
  readonly records: ReadonlyMap<string, number>
}

const recordsOf = (signal: Signal): number =>
  'tellings' in signal
    ? signal.tellings.reduce((sum, { repeats }) => sum + repeats, 0)
    : 'repeats' in signal
      ? signal.repeats
      : 1

/** How many raw records the chunks of a record tell of, by namespace. */
export const recordsByNamespace = (value: SignalsRecord): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const { chunk } of value.kind === 'chunks' ? value.chunks : []) {
    const key = namespaceKey(chunk.cluster, chunk.namespace)
    const told = chunk.signals.reduce((sum, signal) => sum + recordsOf(signal), 0)
    sums.set(key, (sums.get(key) ?? 0) + told)
  }
  return sums
}

/** The heaviest by these samples, each taken for as much as lies in its partition; undefined where nothing was told. */
export const heaviestOf = (samples: readonly Sampled[]): Heaviest | undefined => {
  const sums = new Map<string, number>()
  for (const { written, read, records } of samples)
    for (const [namespace, n] of records)
      sums.set(namespace, (sums.get(namespace) ?? 0) + (n * written) / read)
  const all = [...sums.values()].reduce((a, b) => a + b, 0)
  const [most] = [...sums].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  if (most === undefined || all === 0) return undefined
  return { namespace: most[0], share: most[1] / all, records: Math.round(all) }
}

/** Asks the topic `signals`; undefined where nothing was written to it in the last minute, or it cannot be learnt in a few seconds. */
export const heaviest = async (
  { kafkaBrokers, topicPrefix }: Pick<State, 'kafkaBrokers' | 'topicPrefix'>,
  now: number,
): Promise<Heaviest | undefined> => {
  const brokers = kafkaBrokers.split(',')
  const kafka = createKafka({ brokers, clientId: 'kubesift-status', topicPrefix })
  const signal = AbortSignal.timeout(WITHIN_MS)
  const found = new Map<number, { read: number; records: Map<string, number> }>()
  try {
    if ((await topicsPresent(kafka, [signals.topic])).length === 0) return undefined
    const spans = await spansSince(kafka, signals.topic, now - MINUTE_MS)
    await readRecords(kafka, signals.topic, {
      spans: new Map([...spans].map(([partition, span]) => [partition, newestOf(span)])),
      signal,
      take: ({ partition, value }) => {
        const of = found.get(partition) ?? { read: 0, records: new Map<string, number>() }
        found.set(partition, of)
        of.read += 1
        const read = value === null ? undefined : readSignals(value)
        if (read?.ok !== true) return
        for (const [key, n] of recordsByNamespace(read.value))
          of.records.set(key, (of.records.get(key) ?? 0) + n)
      },
    })
    if (signal.aborted) return undefined
    const written = (partition: number): number => {
      const { from, to } = spans.get(partition) ?? { from: 0, to: 0 }
      return to - from
    }
    return heaviestOf([...found].map(([partition, of]) => ({ written: written(partition), ...of })))
  } catch (error) {
    // What else is not known of Kafka the table of units says already.
    if (nextStep(error) !== 'retry') throw error
    return undefined
  }
}

const newestOf = ({ from, to }: Span): Span => ({ from: Math.max(from, to - SAMPLE), to })

/** As people know it, and harmless on a terminal. */
const nameOf = (key: string): string => {
  const [cluster = '', namespace = ''] = key.split('/').map(decodeURIComponent)
  return visible(
    namespace === '' ? `${cluster}, outside all namespaces` : `${cluster}/${namespace}`,
  )
}

/** For people; nothing where nothing is known. */
export const heaviestText = (found: Heaviest | undefined): string[] => {
  if (found === undefined) return []
  const share = Math.round(found.share * 100)
  const records = found.records.toLocaleString('en-US')
  return [
    `heaviest namespace of the last minute: ${nameOf(found.namespace)}: ${share} % of about ${records} records read`,
  ]
}
