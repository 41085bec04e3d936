import type { EventSignal } from '@kubesift/contracts'
import { eventSignal, namespaceOf, type At } from './kube-event.ts'
import { compact, int, str } from './pick.ts'
import type { LogRecord } from './log-record.ts'
import { parseInstant } from './time.ts'

/** Newer receivers have moved fields between resource and record: whichever holds it, wins. */
const either = (record: LogRecord, key: string): string | undefined =>
  str(record.attributes, key) ?? str(record.resource, key)

export const isK8sEventsRecord = (record: LogRecord): boolean =>
  Object.hasOwn(record.attributes, 'k8s.event.uid') ||
  Object.hasOwn(record.attributes, 'k8s.event.reason')

/** When the Event began, as the record says it. */
export const startTimeOf = (record: LogRecord): number | undefined => {
  const text = str(record.attributes, 'k8s.event.start_time')
  return text === undefined ? undefined : parseInstant(text)
}

/**
 * A record of the Collector's k8s_events receiver. It has no observed time, prints `start_time` by Go's Time.String(), leaves `count`
 * away where it is 0, and does not export `series`: the repeats of such an Event are byte-identical (facts.md, 2).
 */
export const fromK8sEventsRecord = (
  record: LogRecord,
  at: At,
): EventSignal | { readonly why: string } => {
  const kind = either(record, 'k8s.object.kind') ?? 'Unknown'
  const name = either(record, 'k8s.object.name') ?? ''
  const reason = either(record, 'k8s.event.reason')
  if (name === '') return { why: 'a k8s_events record without k8s.object.name' }
  if (reason === undefined) return { why: 'a k8s_events record without k8s.event.reason' }
  const count = int(record.attributes, 'k8s.event.count')
  return eventSignal(
    {
      uid: either(record, 'k8s.event.uid'),
      name: either(record, 'k8s.event.name'),
      involved: compact({
        kind,
        name,
        namespace: namespaceOf(kind, name, either(record, 'k8s.namespace.name') ?? ''),
        uid: kind === 'Node' ? undefined : either(record, 'k8s.object.uid'),
        apiVersion: either(record, 'k8s.object.api_version'),
        fieldPath: either(record, 'k8s.object.fieldpath'),
      }),
      reason,
      type: record.severityText === '' ? 'Normal' : record.severityText,
      message: typeof record.body === 'string' ? record.body : '',
      count,
      firstAt: startTimeOf(record),
      lastAt: record.timeMs ?? undefined,
      component:
        either(record, 'reporting_controller') ?? either(record, 'k8s.event.reporting_controller'),
      host: either(record, 'k8s.node.name'),
      seriesDropped: count === undefined,
    },
    at,
  )
}
