import type { Batch } from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'

/** A raw record, as the consumer hands it over. */
export type Raw = Batch<Buffer>['records'][number]

/** What k8s_events says of an Event. */
export interface Said {
  readonly cluster?: string | undefined
  readonly namespace: string
  readonly uid: string
  readonly count?: number | undefined
  /** Milliseconds; a fraction becomes nanoseconds. */
  readonly at?: number | undefined
  readonly start?: string | undefined
  readonly message: string
  readonly reason?: string
  readonly version?: string
}

const string = (key: string, stringValue: string | undefined) =>
  stringValue === undefined ? [] : [{ key, value: { stringValue } }]

const nanos = (at: number): string => String(BigInt(Math.round(at * 1000)) * 1000n)

/** As the receiver of the Collector writes it: one resource for each record. */
export const k8sEvent = (said: Said): unknown => ({
  resource: {
    attributes: [
      ...string('k8s.cluster.name', said.cluster),
      ...string('k8s.object.kind', 'Pod'),
      ...string('k8s.object.name', `pod-of-${said.uid}`),
      ...string('k8s.object.uid', `object-${said.uid}`),
      ...string('k8s.object.api_version', 'v1'),
      ...string('k8s.object.resource_version', said.version ?? '1000'),
    ],
  },
  scopeLogs: [
    {
      logRecords: [
        {
          ...(said.at === undefined ? {} : { timeUnixNano: nanos(said.at) }),
          severityText: 'Warning',
          body: { stringValue: said.message },
          attributes: [
            ...string('k8s.event.reason', said.reason ?? 'BackOff'),
            ...string('k8s.event.start_time', said.start),
            ...string('k8s.event.uid', said.uid),
            ...string('k8s.namespace.name', said.namespace),
            ...(said.count === undefined
              ? []
              : [{ key: 'k8s.event.count', value: { intValue: String(said.count) } }]),
          ],
        },
      ],
    },
  ],
})

/** A record that nobody knows. */
export const strange = (): unknown => ({
  scopeLogs: [{ logRecords: [{ body: { stringValue: 'strange' } }] }],
})

/** A request in protobuf. */
export const requestOf = (groups: readonly unknown[]): Buffer =>
  Buffer.from(encodeLogs({ resourceLogs: groups }))

/** The same in JSON. */
export const jsonOf = (groups: readonly unknown[]): Buffer =>
  Buffer.from(JSON.stringify({ resourceLogs: groups }))

/** A raw record of the topic. */
export const rawRecord = (value: Buffer, more: Partial<Raw> = {}): Raw => ({
  value,
  offset: 0,
  timestamp: 0,
  key: null,
  headers: {},
  raw: value,
  traceparent: undefined,
  ...more,
})
