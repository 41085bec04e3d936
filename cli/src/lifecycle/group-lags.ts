import { createKafka, groupLagOf, type Reader } from '@kubesift/adapter-kafka'
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

const WITHIN_MS = 4_000

/** Records that each service still has before it, by unit; those that cannot be learnt in a few seconds are missing. */
export const groupLags = async (
  { kafkaBrokers, topicPrefix }: Pick<State, 'kafkaBrokers' | 'topicPrefix'>,
  env: Env,
): Promise<ReadonlyMap<string, number>> => {
  const kafka = createKafka({
    brokers: kafkaBrokers.split(','),
    clientId: 'kubesift-status',
    topicPrefix,
  })
  const found = new Map<string, number>()
  const asking = [...readersOf(env)].map(async ([unit, readers]) => {
    const lags = await Promise.all(readers.map((reader) => groupLagOf(kafka, reader)))
    found.set(
      unit,
      lags.reduce((sum, lag) => sum + lag, 0),
    )
  })
  await inTime(Promise.allSettled(asking))
  return new Map(found)
}

const inTime = async (work: Promise<unknown>): Promise<void> => {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, WITHIN_MS)
  await Promise.race([work, late.promise])
  clearTimeout(timer)
}
