/** The parts of an OTLP/JSON export request of logs that the demo touches; everything else passes through as it is. */
export interface LogsRequest {
  resourceLogs: ResourceLogs[]
}
export interface ResourceLogs {
  resource?: { attributes?: KeyValue[] }
  scopeLogs?: { logRecords?: LogRecordJson[] }[]
}
export interface LogRecordJson {
  timeUnixNano?: string
  observedTimeUnixNano?: string
  attributes?: KeyValue[]
  body?: AnyValueJson
}
export interface KeyValue {
  key: string
  value?: AnyValueJson
}
export interface AnyValueJson {
  stringValue?: string
  kvlistValue?: { values?: KeyValue[] }
  arrayValue?: { values?: AnyValueJson[] }
}

/** The recordings are ours and checked in, so their shape is known. */
export const parseRequest = (line: string): LogsRequest => JSON.parse(line) as LogsRequest

export const recordsOf = (request: LogsRequest): LogRecordJson[] =>
  request.resourceLogs.flatMap((group) =>
    (group.scopeLogs ?? []).flatMap((scope) => scope.logRecords ?? []),
  )

export const attribute = (record: LogRecordJson, key: string): string | undefined =>
  record.attributes?.find((entry) => entry.key === key)?.value?.stringValue

/** What is under a key of a map value. */
export const entry = (value: AnyValueJson | undefined, key: string): AnyValueJson | undefined =>
  value?.kvlistValue?.values?.find((candidate) => candidate.key === key)?.value

/** Our agent's resource processor adds the cluster to everything it sends. What is replayed is over one day, and that is no blindness. */
export const withCluster = (request: LogsRequest, cluster: string): LogsRequest => ({
  resourceLogs: request.resourceLogs.map((group) => ({
    ...group,
    resource: {
      ...group.resource,
      attributes: [
        ...(group.resource?.attributes ?? []),
        { key: 'k8s.cluster.name', value: { stringValue: cluster } },
        { key: 'kubesift.liveness', value: { stringValue: 'none' } },
      ],
    },
  })),
})
