import { decodeLogs, decodeLogsJson, type OtlpLogRecord } from '@kubesift/adapter-otlp'

/** Nothing skipped: a comparison must see all of a record. */
const WHOLE = { skipKeys: [] }

/** A record as text that does not depend on the order of keys or on the request that it came in. */
const canonical = (record: OtlpLogRecord): string => {
  const { index: _position, ...rest } = record
  return JSON.stringify(rest, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

/** All records of OTLP/JSON requests. */
export const recordsOfJson = (requests: readonly string[]): readonly string[] =>
  requests.flatMap((line) => decodeLogsJson(line, WHOLE).records.map(canonical))

/** All records of OTLP protobuf requests, as they lie in the topic. */
export const recordsOfProto = (requests: readonly Uint8Array[]): readonly OtlpLogRecord[] =>
  requests.flatMap((bytes) => {
    const { records, bad } = decodeLogs(bytes, WHOLE)
    if (bad.length > 0) throw new Error(`unreadable record in the topic: ${bad[0]?.why ?? ''}`)
    return records
  })

export const canonicalRecords = (requests: readonly Uint8Array[]): readonly string[] =>
  recordsOfProto(requests).map(canonical)
