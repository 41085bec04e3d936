import {
  clusters,
  incidentAnalyses,
  incidentContexts,
  incidentEvents,
  incidents,
  notifications,
  signals,
  tooLate,
  type TopicContract,
  type TopicPolicy,
} from '@kubesift/contracts'
import { z } from 'zod'

/** What a table of topics needs of a contract; of each message type something else, which is why it is forgotten here. */
export type AnyTopic = Pick<TopicContract<never>, 'topic' | 'version' | 'type' | 'policy'> & {
  readonly schema: z.ZodType
}

export const topics: readonly AnyTopic[] = [
  signals,
  incidentContexts,
  incidents,
  incidentEvents,
  incidentAnalyses,
  notifications,
  clusters,
  tooLate,
]

/** The JSON Schema of what travels on a topic: what a writer must send, and what a reader may rely on. */
export const schemaOf = ({ topic, version, type, schema }: AnyTopic): unknown => ({
  $id: `https://kubesift.dev/schemas/${topic}.v${version}.json`,
  title: type,
  ...z.toJSONSchema(schema, { io: 'input' }),
})

export const fileOf = ({ topic, version }: AnyTopic): string => `${topic}.v${version}.schema.json`

/** By hand, because a function cannot be printed; `keyOf` of the contracts is the code. */
const KEYS: Readonly<Record<string, string>> = {
  signals:
    '`bundle`, on the partition of the keys `cluster/namespace` of its chunks; progress goes to every partition',
  'incident-contexts': 'incident key',
  incidents: 'incident id',
  'incident-events': 'incident id',
  'incident-analyses': 'incident id',
  notifications: 'incident id',
  clusters: 'cluster',
  'too-late': '`cluster/namespace`',
}

/** The record key of a topic. */
export const keyInWords = ({ topic }: Pick<AnyTopic, 'topic'>): string => {
  const key = KEYS[topic]
  if (key === undefined) throw new Error(`${topic}: say in words what its key is`)
  return key
}

const DAY_MS = 24 * 60 * 60 * 1000

/** A retention policy in words. */
export const policyInWords = ({ cleanup, retentionMs }: TopicPolicy): string =>
  retentionMs === undefined ? cleanup : `${cleanup}, ${retentionMs / DAY_MS} days`
