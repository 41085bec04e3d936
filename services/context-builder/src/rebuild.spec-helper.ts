import { encodeLogs } from '@kubesift/adapter-otlp'

const minutesAgo = (minutes: number): string =>
  new Date(Math.floor(Date.now() / 1000 - minutes * 60) * 1000).toISOString()

/** A pod of a Deployment backs off, so many times so far: an OTLP request. */
export const backOff = (uid: string, count: number, minutes: number): Uint8Array => {
  const text = (value: string): object => ({ stringValue: value })
  const map = (values: Readonly<Record<string, object>>): object => ({
    kvlistValue: { values: Object.entries(values).map(([key, value]) => ({ key, value })) },
  })
  const body = map({
    kind: text('Event'),
    metadata: map({ uid: text(uid), namespace: text('shop'), name: text(uid) }),
    involvedObject: map({
      kind: text('Pod'),
      namespace: text('shop'),
      name: text('web-5d4f8c9b7d-x2x4z'),
      uid: text('pod-1'),
    }),
    reason: text('BackOff'),
    type: text('Warning'),
    message: text('Back-off restarting failed container web in pod web-5d4f8c9b7d-x2x4z'),
    count: { intValue: String(count) },
    firstTimestamp: text(minutesAgo(minutes)),
    lastTimestamp: text(minutesAgo(minutes - 1)),
  })
  return encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] })
}
