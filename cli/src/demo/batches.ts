import { encodeLogs } from '@kubesift/adapter-otlp'
import type { LogsRequest } from './otlp-json.ts'

/** An export request as the gateway's Kafka exporter writes it. */
export interface EncodedBatch {
  readonly bytes: Uint8Array
  /** Moment of its newest record. */
  readonly at: number
}

export interface TimedRequest {
  readonly at: number
  readonly request: LogsRequest
}

/** Room for the envelope below Kafka's default of 1 MB a message. */
const MAX_BYTES = 900_000
/** A first guess at how many requests fit; too many are halved until they do. */
const MAX_REQUESTS = 128

/** Requests put together as the Collector's batch processor does (one after another, resource by resource), in `otlp_proto`. */
export const batchesOf = (requests: readonly TimedRequest[]): EncodedBatch[] => {
  if (requests.length === 0) return []
  if (requests.length > MAX_REQUESTS) return halves(requests)
  const bytes = encodeLogs({
    resourceLogs: requests.flatMap(({ request }) => request.resourceLogs),
  })
  if (bytes.byteLength > MAX_BYTES && requests.length > 1) return halves(requests)
  return [{ bytes, at: Math.max(...requests.map(({ at }) => at)) }]
}

const halves = (requests: readonly TimedRequest[]): EncodedBatch[] => {
  const middle = requests.length >> 1
  return [...batchesOf(requests.slice(0, middle)), ...batchesOf(requests.slice(middle))]
}
