import { Failure } from '@kubesift/contracts'

/** Why a request could not be read: a closed set, fit for a metric label. */
export const UNREADABLE_REASONS = [
  'truncated',
  'bad-tag',
  'wrong-wire-type',
  'varint-overflow',
  'bad-length',
  'too-deep',
  'too-large',
  'too-many-records',
  'string-too-long',
  'bad-json',
  'wrong-shape',
] as const
export type UnreadableReason = (typeof UNREADABLE_REASONS)[number]

/** The bytes are no readable OTLP request and never will be; `at` is a byte offset (protobuf) or a path (JSON). */
export class OtlpUnreadable extends Failure {
  readonly code = 'OTLP_UNREADABLE'
  readonly next = 'dead-letter'
  readonly reason: UnreadableReason
  readonly at: number | string

  constructor(reason: UnreadableReason, at: number | string, what: string, options?: ErrorOptions) {
    const place = typeof at === 'number' ? `byte ${at}` : at
    super(`OTLP request unreadable at ${place}: ${what}`, { reason, at }, options)
    this.reason = reason
    this.at = at
  }
}
