/** Header names of the CloudEvents Kafka binding (binary mode) and of our dead letters. */
export const ceHeaders = {
  specversion: 'ce_specversion',
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  time: 'ce_time',
  subject: 'ce_subject',
  contentType: 'content-type',
  traceparent: 'traceparent',
} as const

export const dlqHeaders = {
  error: 'dlq-error',
  stage: 'dlq-stage',
  topic: 'dlq-topic',
  partition: 'dlq-partition',
  offset: 'dlq-offset',
  time: 'dlq-time',
  entries: 'dlq-entries',
  /** On a marker, which has no value: when the letter of this source place was replayed. */
  replayed: 'dlq-replayed',
} as const
