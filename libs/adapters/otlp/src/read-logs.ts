import { decodeLogs } from './decode-logs.ts'
import { decodeLogsJson } from './decode-logs-json.ts'
import type { LogBatch } from './log-record.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import { limitsOf, type ReadOptions } from './read-options.ts'
import { sniffLogs } from './sniff-logs.ts'

/** Reads an export request of logs in whichever encoding it is; `contentType` is that of the Kafka header or the HTTP request. */
export const readLogs = (
  bytes: Uint8Array,
  contentType?: string,
  options: ReadOptions = {},
): LogBatch => {
  if (sniffLogs(bytes, contentType) === 'protobuf') return decodeLogs(bytes, options)
  const { maxBytes } = limitsOf(options)
  if (bytes.byteLength > maxBytes) {
    throw new OtlpUnreadable('too-large', 0, `${bytes.byteLength} bytes, ${maxBytes} are allowed`)
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return decodeLogsJson(text, options)
}
