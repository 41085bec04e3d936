import { setTimeout as sleep } from 'node:timers/promises'
import {
  partitionCountOf,
  partitionOf,
  type BatchConsumer,
  type Kafka,
  type Producer,
} from '@kubesift/adapter-kafka'
import { ceHeaders, namespaceKey, nextStep, signals, type Progress } from '@kubesift/contracts'
import type { Observed } from './observed.ts'

export interface TellProgressOptions {
  /** The raw topic that is told of. */
  readonly topic: string
  readonly kafka: Kafka
  readonly producer: Producer
  readonly consumer: BatchConsumer
  readonly observed: Observed
  readonly everyMs: number
  readonly idleMs: number
  readonly now: () => number
}

type Clusters = Progress['reports'][number]['clusters']

/** Each cluster with the partition that decides for it as a whole, and no arrival later than now. */
const atHome = (clusters: Clusters, partitions: number, now: number): Clusters =>
  Object.fromEntries(
    Object.entries(clusters).map(([cluster, told]) => [
      cluster,
      {
        ...told,
        home: partitionOf(namespaceKey(cluster, ''), partitions),
        ...(told.objectsArrivedAt === undefined
          ? {}
          : { objectsArrivedAt: Math.min(told.objectsArrivedAt, now) }),
      },
    ]),
  )

/** What this reader knows now, for a topic `signals` of so many partitions; undefined while it owns nothing. */
export const progressNow = (
  options: Pick<TellProgressOptions, 'topic' | 'consumer' | 'observed' | 'now'>,
  signalsPartitions: number,
): Progress | undefined => {
  const { topic, consumer, observed, now } = options
  const positions = [...consumer.positions()]
  const partitions = consumer.partitionCount()
  if (positions.length === 0 || partitions === 0) return undefined
  return {
    kind: 'progress',
    topic,
    partitions,
    writtenAt: now(),
    reports: positions.map(([partition, { next, caughtUp, endAsOf }]) => ({
      partition,
      next,
      caughtUp,
      asOf: endAsOf,
      clusters: atHome(observed.of(partition), signalsPartitions, now()),
    })),
  }
}

/** The same to every partition of `signals`: each assembler needs all of it. */
const publish = async (
  producer: Producer,
  progress: Progress,
  partitions: number,
): Promise<void> => {
  const value = Buffer.from(JSON.stringify(progress))
  const headers = {
    [ceHeaders.specversion]: '1.0',
    [ceHeaders.id]: signals.idOf(progress),
    [ceHeaders.source]: '/kubesift/context-builder',
    [ceHeaders.type]: signals.type,
    [ceHeaders.contentType]: 'application/json',
  }
  const records = Array.from({ length: partitions }, (_, partition) => ({
    key: signals.keyOf(progress),
    value,
    headers,
    partition,
  }))
  await producer.publishRaw(signals.topic, records)
}

const standing = (progress: Progress): string =>
  progress.reports.map((r) => `${r.partition}:${r.next}:${r.caughtUp}`).join()

/** Tells how far this reader has come, often while it moves and now and then while it does not, until the signal. */
export const tellProgress = async (
  options: TellProgressOptions,
  signal: AbortSignal,
): Promise<void> => {
  let partitions = 0
  let told = ''
  let toldAt = -Infinity
  while (!signal.aborted) {
    try {
      partitions ||= await partitionCountOf(options.kafka, signals.topic)
      const progress = progressNow(options, partitions)
      const due =
        progress !== undefined &&
        (standing(progress) !== told || options.now() - toldAt >= options.idleMs)
      if (due) {
        await publish(options.producer, progress, partitions)
        told = standing(progress)
        toldAt = options.now()
      }
    } catch (error) {
      // The consumer beside us waits for the same broker and says so; progress that was not told is told next time.
      if (nextStep(error) !== 'retry') throw error
    }
    await sleep(options.everyMs, undefined, { signal }).catch(() => undefined)
  }
}
