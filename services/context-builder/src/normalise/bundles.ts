import { partitionOf } from '@kubesift/adapter-kafka'
import { encodeBundle } from '@kubesift/adapter-signals'
import { signals, type SourcePartition, type TopicContract } from '@kubesift/contracts'
import type { EncodedChunk } from './encode-batch.ts'
import type { Places } from './places.ts'

/** Chunks of namespaces that go to one partition of `signals`, as one record: the fewer records, the less each signal costs. */
export interface Bundle {
  readonly partition: number
  readonly source: SourcePartition
  /** The offset of the first raw record of the batch, and which of its bundles for this partition it is. */
  readonly offset: number
  readonly part: number
  readonly value: Buffer
}

/** The contract of `signals` for bundles that are bytes already. */
export const bundleContract: Omit<TopicContract<Bundle>, 'schema'> = {
  topic: signals.topic,
  version: signals.version,
  type: signals.type,
  policy: signals.policy,
  keyOf: () => 'bundle',
  idOf: ({ source, offset, part, partition }) =>
    `${source.topic}/${source.partition}/${offset}.${part}/${partition}`,
}

/** Puts the chunks of one batch into as few records as `maxBytes` allows. */
export const bundlesOf = (
  chunks: readonly EncodedChunk[],
  to: { readonly places: Places; readonly partitions: number; readonly maxBytes: number },
  from: { readonly source: SourcePartition; readonly offset: number },
): Bundle[] => {
  const open = new Map<number, { chunks: Buffer[]; bytes: number; part: number }>()
  const bundles: Bundle[] = []
  const close = (partition: number, { chunks: values, part }: { chunks: Buffer[]; part: number }) =>
    bundles.push({ partition, ...from, part, value: encodeBundle(values) })
  for (const { place, value } of chunks) {
    const partition = partitionOf(to.places.of(place).key, to.partitions)
    let bundle = open.get(partition)
    if (bundle !== undefined && bundle.bytes + value.length > to.maxBytes) {
      close(partition, bundle)
      bundle = { chunks: [], bytes: 0, part: bundle.part + 1 }
      open.set(partition, bundle)
    }
    if (bundle === undefined) {
      bundle = { chunks: [], bytes: 0, part: 0 }
      open.set(partition, bundle)
    }
    bundle.chunks.push(value)
    bundle.bytes += value.length
  }
  for (const [partition, bundle] of open) close(partition, bundle)
  return bundles
}
