/** What a made cluster says, before it is a record. Times in milliseconds. */
export type Said = SaidEvent | SaidObject

export interface SaidEvent {
  readonly t: 'event'
  readonly at: number
  readonly uid: string
  readonly name: string
  readonly involved: {
    readonly kind: string
    readonly namespace: string
    readonly name: string
    readonly uid: string
    readonly fieldPath?: string
  }
  readonly reason: string
  readonly type: 'Normal' | 'Warning'
  readonly message: string
  readonly count: number
  /** When the stored Event was made. */
  readonly created: number
  readonly host?: string
}

export interface SaidObject {
  readonly t: 'object'
  readonly at: number
  readonly change: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Json
}

export type Json = { readonly [key: string]: unknown }

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

/** How Go prints a time (`Time.String()`), as the receiver sends it. */
const goTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`

const seconds = (at: number): number => Math.floor(at / 1000)

/** An OTLP value; Kubernetes' nulls are values without anything. */
const valueOf = (value: unknown): object => {
  if (value === null || value === undefined) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } }
  const values = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .map(([key, v]) => ({ key, value: valueOf(v) }))
  return { kvlistValue: { values } }
}

/** As k8s_events 0.111 writes it (recorded): the attributes and their order. */
const eventRecord = (e: SaidEvent, cluster: string): object => ({
  resource: {
    attributes: [
      text('k8s.node.name', e.host ?? ''),
      text('k8s.object.kind', e.involved.kind),
      text('k8s.object.name', e.involved.name),
      text('k8s.object.uid', e.involved.uid),
      text('k8s.object.fieldpath', e.involved.fieldPath ?? ''),
      text('k8s.object.api_version', 'v1'),
      text('k8s.object.resource_version', String(e.count)),
      text('k8s.cluster.name', cluster),
    ],
  },
  scopeLogs: [
    {
      scope: {},
      logRecords: [
        {
          timeUnixNano: `${seconds(e.at)}000000000`,
          severityNumber: e.type === 'Warning' ? 13 : 9,
          severityText: e.type,
          body: { stringValue: e.message },
          attributes: [
            text('k8s.event.reason', e.reason),
            text('k8s.event.action', ''),
            text('k8s.event.start_time', goTime(e.created)),
            text('k8s.event.name', e.name),
            text('k8s.event.uid', e.uid),
            text(
              'k8s.namespace.name',
              e.involved.namespace === '' ? 'default' : e.involved.namespace,
            ),
            { key: 'k8s.event.count', value: { intValue: String(e.count) } },
          ],
        },
      ],
    },
  ],
})

/** As k8sobjects writes a watch notification. */
const objectRecord = (o: SaidObject, cluster: string): object => ({
  resource: { attributes: [text('k8s.cluster.name', cluster)] },
  scopeLogs: [
    {
      scope: {},
      logRecords: [
        {
          observedTimeUnixNano: `${Math.round(o.at)}000000`,
          body: valueOf({ type: o.change, object: o.object }),
        },
      ],
    },
  ],
})

/** One export request with what was said, as OTLP/JSON. */
export const requestOf = (said: readonly Said[], cluster: string): object => ({
  resourceLogs: said.map((s) =>
    s.t === 'event' ? eventRecord(s, cluster) : objectRecord(s, cluster),
  ),
})
