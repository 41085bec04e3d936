import { anyValueOf } from './any-value.ts'
import type { RecordedRequest } from '../scenario.ts'

/** A version of an object as the Collector's k8sobjects receiver tells it, observed at `at` (milliseconds). */
const watched = (at: number, resource: string, object: object): RecordedRequest => ({
  stream: 'objects',
  at,
  line: JSON.stringify({
    resourceLogs: [
      {
        resource: {},
        scopeLogs: [
          {
            scope: {},
            logRecords: [
              {
                observedTimeUnixNano: `${Math.round(at)}000000`,
                attributes: [{ key: 'k8s.resource.name', value: { stringValue: resource } }],
                body: anyValueOf({ type: 'MODIFIED', object }),
              },
            ],
          },
        ],
      },
    ],
  }),
})

/** What tells a cluster's time while nothing happens in it: a Lease that is renewed. */
export const leaseAt = (at: number): RecordedRequest =>
  watched(at, 'leases', {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata: {
      name: 'worker-1',
      namespace: 'kube-node-lease',
      uid: 'lease-of-worker-1',
      resourceVersion: String(Math.round(at)),
    },
  })

/** A crash loop, as the kubelet says it of a pod. */
export const eventAt = (
  at: number,
  {
    uid,
    count,
    firstAt,
    involved: { kind, namespace, name, uid: of },
  }: {
    readonly uid: string
    readonly count: number
    readonly firstAt: number
    readonly involved: {
      readonly kind: string
      readonly namespace: string
      readonly name: string
      readonly uid?: string | undefined
    }
  },
): RecordedRequest => {
  const iso = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
  return watched(at, 'events', {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: uid, namespace, uid },
    involvedObject: { kind, namespace, name, uid: of ?? '' },
    reason: 'BackOff',
    message: 'Back-off restarting failed container main',
    source: { component: 'kubelet' },
    firstTimestamp: iso(firstAt),
    lastTimestamp: iso(at),
    count,
    type: 'Warning',
  })
}

/** What the CronJob controller says each minute of the canary (otel-collector/agent/canary.yaml). */
export const canaryAt = (at: number): RecordedRequest => {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
  const job = `kubesift-canary-${Math.round(at / 60_000)}`
  return watched(at, 'events', {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: `kubesift-canary.${job}`, namespace: 'kubesift', uid: `event-${job}` },
    involvedObject: {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      namespace: 'kubesift',
      name: 'kubesift-canary',
      uid: 'canary',
    },
    reason: 'SuccessfulCreate',
    message: `Created job ${job}`,
    source: { component: 'cronjob-controller' },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: 'Normal',
  })
}
