import { decodeLogsJson } from '@kubesift/adapter-otlp'
import { z } from 'zod'
import type { ChangeType, KubeObject } from './kube-api.ts'
import { recordedRequests } from './recording.ts'

const Notification = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED']),
  object: z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  }),
})

export interface RecordedChange {
  readonly type: ChangeType
  readonly object: KubeObject
}

/** What the watches of a recorded cluster said, in its order. */
export const recordedChanges = (scenario: string): readonly RecordedChange[] =>
  recordedRequests(scenario, 'objects')
    .flatMap((line) => decodeLogsJson(line, { skipKeys: [] }).records)
    .map(({ body }) => {
      const { type, object } = Notification.parse(body)
      const { namespace, ...metadata } = object.metadata
      return {
        type,
        object: {
          ...object,
          metadata: namespace === undefined ? metadata : { ...metadata, namespace },
        },
      }
    })

const EVENT_TIMES = ['firstTimestamp', 'lastTimestamp', 'eventTime']

/** An Event as if it happened at this time: the k8s_events receiver drops what is older than its own start. */
export const eventAt = (event: KubeObject, time: Date): KubeObject => {
  const seconds = time.toISOString().replace(/\.\d+Z$/, 'Z')
  const micros = time.toISOString().replace('Z', '000Z')
  const moved = EVENT_TIMES.filter((field) => typeof event[field] === 'string').map((field) => [
    field,
    field === 'eventTime' ? micros : seconds,
  ])
  return { ...event, ...Object.fromEntries(moved) }
}
