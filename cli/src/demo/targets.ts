import { createKafka, createProducer } from '@kubesift/adapter-kafka'
import { DependencyUnavailable } from '@kubesift/contracts'
import { CliFailure } from '../frame/cli-failure.ts'
import type { RawProducer } from './replay.ts'

/** Where the replay sends to, and how to let go of it. */
export interface ReplayTarget {
  readonly producer: RawProducer
  readonly close: () => Promise<void>
}

/** Straight into `otel-logs`, as the gateway's Kafka exporter would write it. */
export const kafkaTarget = (brokers: string, topicPrefix: string): ReplayTarget => {
  const producer = createProducer(
    createKafka({ brokers: brokers.split(','), clientId: 'kubesift-demo', topicPrefix }),
  )
  return { producer, close: () => producer.disconnect() }
}

/** Through a real Collector: its OTLP/HTTP receiver at `http://127.0.0.1:4318`. */
export const collectorTarget = (endpoint: string): ReplayTarget => ({
  producer: {
    publishRaw: async (_topic, records) => {
      for (const { value } of records) await post(new URL('/v1/logs', endpoint), value)
    },
  },
  close: () => Promise.resolve(),
})

/** What OTLP/HTTP says may be sent again: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE = new Set([429, 502, 503, 504])

const post = async (url: URL, body: Uint8Array): Promise<void> => {
  const answer = await sent(url, body)
  await answer.arrayBuffer()
  if (RETRYABLE.has(answer.status))
    throw new DependencyUnavailable(
      `the Collector at ${url.origin} is not taking records: ${answer.status}`,
    )
  if (!answer.ok)
    throw new CliFailure(`the Collector at ${url.origin} refuses the recording: ${answer.status}`)
}

const sent = async (url: URL, body: Uint8Array): Promise<Response> => {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(body),
    })
  } catch (why) {
    // it was stopped, or is being started again
    throw new DependencyUnavailable(
      `the Collector at ${url.origin} does not answer`,
      {},
      { cause: why },
    )
  }
}
