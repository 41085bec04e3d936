import { decodeLogs } from './decode-logs.ts'
import { decodeLogsJson } from './decode-logs-json.ts'
import type { LogBatch } from './log-record.ts'
import { parseRequest } from './parse-request.ts'
import { limitsOf, type ReadOptions } from './read-options.ts'
import { sniffLogs } from './sniff-logs.ts'

/** Reads an export request of logs in whichever encoding it is; `contentType` is that of the Kafka header or the HTTP request. */
export const readLogs = (
  bytes: Uint8Array,
  contentType?: string,
  options: ReadOptions = {},
): LogBatch =>
  sniffLogs(bytes, contentType) === 'protobuf'
    ? decodeLogs(bytes, options)
    : decodeLogsJson(parseRequest(bytes, limitsOf(options)), options)
