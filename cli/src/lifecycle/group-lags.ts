import {
  createKafka,
  oldestOf,
  partitionLagsOf,
  type Kafka,
  type Reader,
} from '@kubesift/adapter-kafka'
import type { State } from '../frame/state.ts'

/** Who reads what, by the names of the units; a group is named after its service, unless `KAFKA_GROUP_ID` says otherwise. */
const readersOf = (env: Env): ReadonlyMap<string, readonly Reader[]> => {
  const group = (service: string): string => env['KAFKA_GROUP_ID'] ?? service
  const builder = group('context-builder')
  const store = group('incident-store')
  return new Map([
    ['normalise', [{ groupId: `${builder}-normalise`, topic: 'otel-logs' }]],
    ['assemble', [{ groupId: `${builder}-assemble`, topic: 'signals' }]],
    [
      'incident-store',
      ['incident-contexts', 'incident-analyses'].map((topic) => ({
        groupId: `${store}-${topic}`,
        topic,
      })),
    ],
    ['ai-analyst', [{ groupId: group('ai-analyst'), topic: 'incidents' }]],
    ['notifier', [{ groupId: group('notifier'), topic: 'incidents' }]],
  ])
}

type Env = Readonly<Record<string, string | undefined>>

const WITHIN_MS = 6_000

/** What a unit has before it. */
export interface UnitLag {
  readonly records: number
  /** How long ago the oldest of them was written; 0 where there are none, missing where it could not be learnt in time. */
  readonly seconds?: number
  /** Those that are behind, the one with the oldest record first. */
  readonly partitions: readonly PartitionBehind[]
}

export interface PartitionBehind {
  readonly topic: string
  readonly partition: number
  readonly records: number
  readonly seconds?: number
}

/** What each service still has before it, by unit; those that cannot be learnt in a few seconds are missing. */
export const groupLags = async (
  { kafkaBrokers, topicPrefix }: Pick<State, 'kafkaBrokers' | 'topicPrefix'>,
  env: Env,
  now: () => number,
): Promise<ReadonlyMap<string, UnitLag>> => {
  const kafka = createKafka({
    brokers: kafkaBrokers.split(','),
    clientId: 'kubesift-status',
    topicPrefix,
  })
  const found = new Map<string, UnitLag>()
  const signal = AbortSignal.timeout(WITHIN_MS)
  const asking = [...readersOf(env)].map(async ([unit, readers]) => {
    const behind = await Promise.all(readers.map((reader) => behindOf(kafka, reader)))
    found.set(unit, unitLag(behind.flat()))
    const aged = await Promise.all(behind.map((some) => withAges(kafka, some, { signal, now })))
    found.set(unit, unitLag(aged.flat()))
  })
  await inTime(Promise.allSettled(asking))
  return new Map(found)
}

interface Behind extends PartitionBehind {
  readonly next: number
}

const behindOf = async (kafka: Kafka, reader: Reader): Promise<readonly Behind[]> => {
  const lags = await partitionLagsOf(kafka, reader)
  return lags.flatMap((lag) => (lag.records > 0 ? [{ ...lag, topic: reader.topic }] : []))
}

const withAges = async (
  kafka: Kafka,
  behind: readonly Behind[],
  { signal, now }: { readonly signal: AbortSignal; readonly now: () => number },
): Promise<readonly Behind[]> => {
  const [first] = behind
  if (first === undefined) return behind
  const oldest = await oldestOf(kafka, first.topic, behind, signal)
  return behind.map((one) => {
    const at = oldest.get(one.partition)
    return at === undefined ? one : { ...one, seconds: Math.max(0, (now() - at) / 1000) }
  })
}

/** The lag of a unit by those of its partitions that are behind; how old the oldest is can be said only where it is known of all. */
export const unitLag = (behind: readonly PartitionBehind[]): UnitLag => {
  const records = behind.reduce((sum, one) => sum + one.records, 0)
  const ages = behind.flatMap(({ seconds }) => seconds ?? [])
  const partitions = behind
    .map(({ topic, partition, records: own, seconds }) => ({
      topic,
      partition,
      records: own,
      ...(seconds === undefined ? {} : { seconds: Math.round(seconds) }),
    }))
    .sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0) || b.records - a.records)
  if (ages.length < behind.length) return { records, partitions }
  return { records, seconds: Math.round(Math.max(0, ...ages)), partitions }
}

const inTime = async (work: Promise<unknown>): Promise<void> => {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, WITHIN_MS)
  await Promise.race([work, late.promise])
  clearTimeout(timer)
}
