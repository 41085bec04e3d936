import { mapFromJson, anyValueFromJson, type JsonWalk } from './any-value-json.ts'
import { field, hexOf, listOf, objectOf, refuse, textOf, timeMsOf, uint64Of } from './json-shape.ts'
import type { BadRecord, LogBatch, OtlpLogRecord } from './log-record.ts'
import { OtlpUnreadable } from './otlp-unreadable.ts'
import { parseRequest } from './parse-request.ts'
import { DEFAULT_SKIP_KEYS, limitsOf, type ReadOptions } from './read-options.ts'
import { knownSeverity } from './severity.ts'

type Place = Pick<OtlpLogRecord, 'resource' | 'scopeName'>

/**
 * Reads an OTLP/JSON export request of logs, given as text or already parsed, into the same records as `decodeLogs`.
 *
 * A record of the wrong shape goes to `bad`; JSON that is none, or a wrong envelope, throws `OtlpUnreadable`, and nothing else is thrown.
 */
export const decodeLogsJson = (input: unknown, options: ReadOptions = {}): LogBatch => {
  const limits = limitsOf(options)
  const walk: JsonWalk = { limits, skip: new Set(options.skipKeys ?? DEFAULT_SKIP_KEYS) }
  const request = objectOf(typeof input === 'string' ? parseRequest(input, limits) : input, '$')
  const records: OtlpLogRecord[] = []
  const bad: BadRecord[] = []
  for (const { at, value, place } of eachRecord(request, walk)) {
    const index = records.length + bad.length
    if (index >= limits.maxRecords) {
      refuse('too-many-records', at, `more than ${limits.maxRecords} records`)
    }
    try {
      records.push(recordFromJson(value, at, index, place, walk))
    } catch (error) {
      if (!(error instanceof OtlpUnreadable)) throw error
      bad.push({ index, reason: error.reason, why: error.message })
    }
  }
  return { records, bad }
}

function* eachRecord(
  request: Readonly<Record<string, unknown>>,
  walk: JsonWalk,
): Generator<{ readonly at: string; readonly value: unknown; readonly place: Place }> {
  const groups = listOf(field(request, 'resourceLogs', 'resource_logs'), 'resourceLogs')
  for (const [i, group] of groups.entries()) {
    const atGroup = `resourceLogs[${i}]`
    const { resource, scopes } = resourceOf(group, atGroup, walk)
    for (const [j, scope] of scopes.entries()) {
      const atScope = `${atGroup}.scopeLogs[${j}]`
      const { scopeName, values } = scopeOf(scope, atScope, walk)
      for (const [k, value] of values.entries()) {
        yield { at: `${atScope}.logRecords[${k}]`, value, place: { resource, scopeName } }
      }
    }
  }
}

const resourceOf = (group: unknown, at: string, walk: JsonWalk) => {
  const object = objectOf(group, at)
  const resource = objectOf(object['resource'], `${at}.resource`)
  return {
    resource: mapFromJson(resource['attributes'], `${at}.resource.attributes`, 0, walk),
    scopes: listOf(field(object, 'scopeLogs', 'scope_logs'), `${at}.scopeLogs`),
  }
}

const scopeOf = (scope: unknown, at: string, { limits }: JsonWalk) => {
  const object = objectOf(scope, at)
  const name = objectOf(object['scope'], `${at}.scope`)['name']
  return {
    scopeName: textOf(name, `${at}.scope.name`, limits.maxStringBytes),
    values: listOf(field(object, 'logRecords', 'log_records'), `${at}.logRecords`),
  }
}

const recordFromJson = (
  value: unknown,
  at: string,
  index: number,
  place: Place,
  walk: JsonWalk,
): OtlpLogRecord => {
  const record = objectOf(value, at)
  const max = walk.limits.maxStringBytes
  return {
    index,
    ...place,
    attributes: mapFromJson(record['attributes'], `${at}.attributes`, 0, walk),
    body: anyValueFromJson(record['body'], `${at}.body`, 0, walk),
    timeMs: timeMsOf(field(record, 'timeUnixNano', 'time_unix_nano'), `${at}.timeUnixNano`),
    observedMs: timeMsOf(
      field(record, 'observedTimeUnixNano', 'observed_time_unix_nano'),
      `${at}.observedTimeUnixNano`,
    ),
    severityNumber: severityOf(field(record, 'severityNumber', 'severity_number'), at),
    severityText: textOf(field(record, 'severityText', 'severity_text'), at, max),
    eventName: textOf(field(record, 'eventName', 'event_name'), at, max),
    traceId: hexOf(field(record, 'traceId', 'trace_id'), `${at}.traceId`, max),
    spanId: hexOf(field(record, 'spanId', 'span_id'), `${at}.spanId`, max),
  }
}

const severityOf = (value: unknown, at: string): number =>
  knownSeverity(Number(uint64Of(value, `${at}.severityNumber`)))
