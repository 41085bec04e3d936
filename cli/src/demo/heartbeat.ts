import { formatInstant } from '@kubesift/core-signal'
import { entry, recordsOf, type AnyValueJson, type LogsRequest } from './otlp-json.ts'

/**
 * A node reporting again that nothing has changed: the kubelet writes its status every few seconds of a cluster's life, and that is what
 * moves its clock on when nothing else happens. Changes the request in place.
 */
export const heartbeat = (request: LogsRequest, at: number, beat: number): LogsRequest => {
  for (const record of recordsOf(request)) {
    record.observedTimeUnixNano = `${Math.floor(at)}000000`
    const object = entry(record.body, 'object')
    const version = entry(entry(object, 'metadata'), 'resourceVersion')
    if (version?.stringValue !== undefined)
      version.stringValue = String(Number(version.stringValue) + beat)
    for (const condition of entry(entry(object, 'status'), 'conditions')?.arrayValue?.values ?? [])
      stamp(condition, at)
  }
  return request
}

const stamp = (condition: AnyValueJson, at: number): void => {
  const time = entry(condition, 'lastHeartbeatTime')
  if (time !== undefined) time.stringValue = formatInstant(Math.floor(at / 1000) * 1000)
}
