import type { Claim } from './byte-memo.ts'
import { bareObject } from './bare-object.ts'
import { readResource } from './envelope.ts'
import type { AnyJson, AttributeMap, BadRecord, LogBatch, OtlpLogRecord } from './log-record.ts'
import { readLogRecord } from './log-record-reader.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import { DEFAULT_SKIP_KEYS, limitsOf, type ReadOptions } from './read-options.ts'
import type { Repeats } from './repeat-memo.ts'
import { SkipKeys } from './skip-keys.ts'
import { WireCursor } from './wire-cursor.ts'

/** ExportLogsServiceRequest, ResourceLogs, Resource, ScopeLogs, InstrumentationScope: field × 8 + wire type. */
const RESOURCE_LOGS = 0x0a
const RESOURCE = 0x0a
const SCOPE_LOGS = 0x12
const SCOPE = 0x0a
const LOG_RECORDS = 0x12
const SCOPE_NAME = 0x0a
const FIELD_1 = 0b10
const FIELDS_1_AND_2 = 0b110

const defaultSkip = new SkipKeys(DEFAULT_SKIP_KEYS)

interface Batch {
  readonly records: OtlpLogRecord[]
  readonly bad: BadRecord[]
  readonly claims: Map<OtlpLogRecord, Claim>
  /** Records that were taken out as repeats. */
  taken: number
}

/**
 * Reads an OTLP `ExportLogsServiceRequest` in protobuf.
 *
 * A record that cannot be read is reported in `bad`, and the others of its request are returned. Where the envelope itself
 * is broken nothing behind it can be trusted, and `OtlpUnreadable` is thrown. It throws nothing else.
 */
export const decodeLogs = (bytes: Uint8Array, options: ReadOptions = {}): LogBatch => {
  const skip = options.skipKeys === undefined ? defaultSkip : new SkipKeys(options.skipKeys)
  const cursor = WireCursor.over(bytes, limitsOf(options), skip)
  const batch: Batch = { records: [], bad: [], claims: new Map(), taken: 0 }
  const end = cursor.bytes.length
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === RESOURCE_LOGS)
      takeResourceLogs(batch, cursor, cursor.endOfField(end), options.repeats)
    else cursor.stepOverOther(tag, end, FIELD_1)
  }
  const { records, bad, claims } = batch
  return options.repeats === undefined ? { records, bad } : { records, bad, claims }
}

/** One that was read before is not read again; a new one is noted, should it come again. */
const takeResourceLogs = (
  batch: Batch,
  cursor: WireCursor,
  end: number,
  repeats: Repeats | undefined,
): void => {
  if (repeats?.take(cursor, end) === true) {
    countedIn(batch, cursor)
    batch.taken += 1
    cursor.pos = end
    return
  }
  const claim = repeats?.claim()
  const before = batch.records.length
  readResourceLogs(batch, cursor, end)
  const record = batch.records[before]
  if (claim !== undefined && record !== undefined) batch.claims.set(record, claim)
}

/** The place of the next record in its request; a request with too many is refused. */
const countedIn = ({ records, bad, taken }: Batch, cursor: WireCursor): number => {
  const index = records.length + bad.length + taken
  if (index >= cursor.limits.maxRecords) {
    cursor.fail('too-many-records', `more than ${cursor.limits.maxRecords} records`)
  }
  return index
}

/** The resource is filled as it comes: should it stand behind its records, they share the same object. */
const readResourceLogs = (batch: Batch, cursor: WireCursor, end: number): void => {
  const resource = bareObject<AnyJson>()
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === RESOURCE) readResource(resource, cursor, cursor.endOfField(end))
    else if (tag === SCOPE_LOGS) readScopeLogs(batch, cursor, cursor.endOfField(end), resource)
    else cursor.stepOverOther(tag, end, FIELDS_1_AND_2)
  }
}

const readScopeLogs = (
  batch: Batch,
  cursor: WireCursor,
  end: number,
  resource: AttributeMap,
): void => {
  const first = batch.records.length
  let scopeName = ''
  let late = false
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === LOG_RECORDS) {
      const recordEnd = cursor.endOfField(end)
      addRecord(batch, cursor, recordEnd, resource, scopeName)
      cursor.pos = recordEnd
    } else if (tag === SCOPE) {
      scopeName = readScopeName(cursor, cursor.endOfField(end))
      late = batch.records.length > first
    } else cursor.stepOverOther(tag, end, FIELDS_1_AND_2)
  }
  if (late) renameScope(batch.records, first, scopeName)
}

const addRecord = (
  batch: Batch,
  cursor: WireCursor,
  end: number,
  resource: AttributeMap,
  scopeName: string,
): void => {
  const { records, bad } = batch
  const index = countedIn(batch, cursor)
  try {
    records.push(readLogRecord(cursor, end, { index, resource, scopeName }))
  } catch (error) {
    if (!(error instanceof OtlpUnreadable)) throw error
    bad.push({ index, reason: error.reason, why: error.message })
  }
}

const readScopeName = (cursor: WireCursor, end: number): string => {
  let name = ''
  while (cursor.pos < end) {
    const tag = cursor.tag(end)
    if (tag === SCOPE_NAME) name = cursor.text(cursor.endOfField(end))
    else cursor.stepOverOther(tag, end, FIELD_1)
  }
  return name
}

/** The scope may stand behind its records. */
const renameScope = (records: OtlpLogRecord[], first: number, scopeName: string): void => {
  for (let i = first; i < records.length; i += 1) {
    records[i] = { ...(records[i] as OtlpLogRecord), scopeName }
  }
}
