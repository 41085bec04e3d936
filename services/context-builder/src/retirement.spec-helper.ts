import { consumeBatches, type Kafka } from '@kubesift/adapter-kafka'
import { encodeLogs } from '@kubesift/adapter-otlp'
import { incidentContexts, tooLate, type Context, type TooLateLedger } from '@kubesift/contracts'

export const HOUR = 3_600_000
export const MINUTE = 60_000
export const AT = Date.parse('2026-11-21T01:00:00Z')
export const CLUSTER = 'lab'

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** JSON as the Collector writes it into a body. */
const anyValue = (json: unknown): object => {
  if (typeof json === 'number') return { intValue: String(json) }
  if (typeof json === 'boolean') return { boolValue: json }
  if (Array.isArray(json)) return { arrayValue: { values: json.map(anyValue) } }
  if (typeof json !== 'object' || json === null) return { stringValue: String(json) }
  return {
    kvlistValue: {
      values: Object.entries(json).map(([key, value]) => ({ key, value: anyValue(value) })),
    },
  }
}

/** A version of an object as the k8sobjects receiver tells it. */
const watched = (at: number, object: object, type = 'MODIFIED'): object => ({
  observedTimeUnixNano: `${at}000000`,
  body: anyValue({ type, object }),
})

export const requestOf = (...logRecords: readonly object[]): Uint8Array =>
  encodeLogs({
    resourceLogs: [
      {
        resource: {
          attributes: [{ key: 'k8s.cluster.name', value: { stringValue: CLUSTER } }],
        },
        scopeLogs: [{ logRecords }],
      },
    ],
  })

/** What moves the time of a cluster. */
export const leaseAt = (at: number): object =>
  watched(at, {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata: {
      name: 'worker-1',
      namespace: 'kube-node-lease',
      uid: 'lease-of-worker-1',
      resourceVersion: String(at),
    },
  })

/** A crash loop, told by an Event of the kubelet. */
export const backOff = (
  uid: string,
  pod: { readonly name: string; readonly uid: string },
  { count, first, last }: { readonly count: number; readonly first: number; readonly last: number },
): object =>
  watched(last, {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: uid, namespace: 'shop', uid },
    involvedObject: { kind: 'Pod', namespace: 'shop', ...pod },
    reason: 'BackOff',
    type: 'Warning',
    message: 'Back-off restarting failed container main in pod',
    source: { component: 'kubelet' },
    count,
    firstTimestamp: iso(first),
    lastTimestamp: iso(last),
  })

/** A pod of the Deployment `web`. */
export const podAt = (
  at: number,
  pod: { readonly name: string; readonly uid: string },
  type = 'MODIFIED',
): object =>
  watched(
    at,
    {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        ...pod,
        namespace: 'shop',
        resourceVersion: String(at),
        creationTimestamp: iso(AT - HOUR),
        ownerReferences: [
          { kind: 'ReplicaSet', name: 'web-5d4f8c9b7d', uid: 'set', controller: true },
        ],
      },
      spec: { containers: [{ name: 'main', image: 'web:1' }] },
      status: { phase: 'Running' },
    },
    type,
  )

/** All that was published of contexts and ledgers, in order. */
export class Told {
  readonly contexts: Context[] = []
  readonly ledgers: TooLateLedger[] = []
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>

  constructor(kafka: Kafka) {
    const contexts = consumeBatches({
      kafka,
      topic: incidentContexts,
      groupId: 'told',
      handle: async (batch) => {
        // Hours without an object are gaps, and blindness of the cluster: that is told too, of itself.
        for (const { value } of batch.records)
          if (value.namespace === 'shop') this.contexts.push(value)
        return { through: batch.lastOffset }
      },
    })
    const ledgers = consumeBatches({
      kafka,
      topic: tooLate,
      groupId: 'told-late',
      handle: async (batch) => {
        this.ledgers.push(...batch.records.map(({ value }) => value))
        return { through: batch.lastOffset }
      },
    })
    this.#running = Promise.all([contexts.run(this.#stop.signal), ledgers.run(this.#stop.signal)])
  }

  of(name: string): Context | undefined {
    return this.contexts.filter(({ owner }) => owner.name === name).at(-1)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }
}

/** What a context says, without where its records stand and when it was said. */
export const saying = ({
  key,
  occurrenceCount,
  countQuality,
  reasons,
  spells,
  firstSeenAt,
  lastSeenAt,
  movedTo,
}: Context): unknown => ({
  key,
  occurrenceCount,
  countQuality,
  reasons,
  spells,
  firstSeenAt,
  lastSeenAt,
  movedTo,
})
