import { decodeTraces } from './decode-traces.ts'
import { decodeTracesJson } from './decode-traces-json.ts'
import { parseRequest } from './parse-request.ts'
import { limitsOf, type ReadOptions } from './read-options.ts'
import { sniffLogs } from './sniff-logs.ts'
import type { SpanBatch } from './span.ts'

/** Reads an export request of traces in whichever encoding it is; `contentType` is that of the Kafka header or the HTTP request. */
export const readTraces = (
  bytes: Uint8Array,
  contentType?: string,
  options: ReadOptions = {},
): SpanBatch =>
  sniffLogs(bytes, contentType) === 'protobuf'
    ? decodeTraces(bytes, options)
    : decodeTracesJson(parseRequest(bytes, limitsOf(options)), options)
