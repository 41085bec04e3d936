import { ceHeaders, type TopicContract } from '@kubesift/contracts'
import type { Traceparent } from './trace.ts'

/** Who says it and when: what an envelope needs beside the message itself. */
export interface EnvelopeOptions {
  readonly source: string
  readonly time: string
  readonly contentType: string
  readonly traceparent: Traceparent | undefined
}

/** The CloudEvents headers (Kafka binding, binary mode) of one message. */
export const envelopeOf = <T>(
  contract: Omit<TopicContract<T>, 'schema'>,
  message: T,
  { source, time, contentType, traceparent }: EnvelopeOptions,
): Record<string, string> => ({
  [ceHeaders.specversion]: '1.0',
  [ceHeaders.id]: contract.idOf(message),
  [ceHeaders.source]: source,
  [ceHeaders.type]: contract.type,
  [ceHeaders.time]: time,
  [ceHeaders.subject]: contract.keyOf(message),
  [ceHeaders.contentType]: contentType,
  ...(traceparent === undefined ? {} : { [ceHeaders.traceparent]: traceparent }),
})
