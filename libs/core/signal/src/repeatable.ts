import type { EventHead, EventSignal } from '@kubesift/contracts'
import { isK8sEventsRecord, startTimeOf } from './k8s-events-record.ts'
import type { LogRecord } from './log-record.ts'

/** What to keep of a record, so that the same Event, told again by one that differs in count and time alone, need not be read again. */
export interface Repeatable {
  readonly event: EventHead
  /** What the record itself said of the beginning. */
  readonly firstAt: number | undefined
}

/**
 * What to keep of a record of which `signal` was made; undefined where more than its count and time may change. Only k8s_events exports
 * an Event as such a record.
 */
export const repeatableOf = (record: LogRecord, signal: EventSignal): Repeatable | undefined =>
  isK8sEventsRecord(record) ? { event: signal.event, firstAt: startTimeOf(record) } : undefined

/** The attributes by which such records are told apart (the receiver's names). */
export const REPEAT_KEYS = {
  identity: 'k8s.event.uid',
  count: 'k8s.event.count',
  ignored: 'k8s.object.resource_version',
} as const
