import fc from 'fast-check'

/** Keys as they come, and such as mean something to JavaScript or to our reader. */
const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '__proto__', 'constructor', 'toString', 'fieldsV1', 'k8s.object.name', '0'),
)

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -300n, max: 300n }),
  fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 28n, -(2n ** 31n), -(2n ** 63n)),
)

/** As JSON can say it: it has no -0, which would come back as 0. */
const jsonDouble = (value: number | string): number | string => {
  if (typeof value === 'string') return value
  return Number.isFinite(value) ? value + 0 : String(value)
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const { anyValue } = fc.letrec<{ anyValue: unknown; keyValue: unknown }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({}),
    fc.record({ stringValue: fc.string({ unit: 'binary', maxLength: 300 }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64.map(String) }),
    fc.record({
      doubleValue: fc.oneof(fc.double({ noNaN: true }), fc.constant('NaN')).map(jsonDouble),
    }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 40 }).map(base64) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('anyValue'), { maxLength: 5 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.array(tie('keyValue'), { maxLength: 5 }) }) }),
  ),
  keyValue: fc.record({ key, value: tie('anyValue') }),
}))

const hex = fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const text = fc.string({ unit: 'binary', maxLength: 80 })
const attributes = fc.array(fc.record({ key, value: anyValue }), { maxLength: 8 })

const logRecord = fc.record(
  {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    severityNumber: fc.integer({ min: 0, max: 24 }),
    severityText: text,
    body: anyValue,
    attributes,
    droppedAttributesCount: fc.nat(),
    flags: fc.nat(),
    traceId: hex,
    spanId: hex,
    eventName: text,
  },
  { requiredKeys: [] },
)

const scopeLogs = fc.record(
  {
    scope: fc.record({ name: text, version: text, attributes }, { requiredKeys: [] }),
    logRecords: fc.array(logRecord, { maxLength: 4 }),
    schemaUrl: text,
  },
  { requiredKeys: [] },
)

const resourceLogs = fc.record(
  {
    resource: fc.record({ attributes, droppedAttributesCount: fc.nat() }, { requiredKeys: [] }),
    scopeLogs: fc.array(scopeLogs, { maxLength: 3 }),
    schemaUrl: text,
  },
  { requiredKeys: [] },
)

/** Any OTLP/JSON export request of logs, with every kind of value. */
export const exportRequest = fc.record({ resourceLogs: fc.array(resourceLogs, { maxLength: 3 }) })

const point = fc
  .record(
    {
      attributes,
      startTimeUnixNano: nanos,
      timeUnixNano: nanos,
      asInt: int64.map(String),
      asDouble: fc.double({ noNaN: true }).map(jsonDouble),
      flags: fc.nat({ max: 3 }),
      exemplars: fc.array(fc.record({ asInt: int64.map(String) }), { maxLength: 1 }),
    },
    { requiredKeys: [] },
  )
  // of a oneof only one
  .map(({ asDouble, ...point }) =>
    point.asInt !== undefined || asDouble === undefined ? point : { ...point, asDouble },
  )
const data = fc.record({ dataPoints: fc.array(point, { maxLength: 4 }) })
const head = { name: text, description: text, unit: text }
const metric = fc.oneof(
  fc.record({ ...head, gauge: data }),
  fc.record({
    ...head,
    sum: data.map((sum) => ({ ...sum, aggregationTemporality: 2, isMonotonic: true })),
  }),
  fc.record({
    ...head,
    histogram: fc.record({ dataPoints: fc.array(fc.record({ count: fc.nat().map(String) })) }),
  }),
  fc.record(head),
)

const event = fc.record({ timeUnixNano: nanos, name: text, attributes })
const span = fc.record(
  {
    traceId: hex,
    spanId: hex,
    parentSpanId: hex,
    traceState: text,
    name: text,
    kind: fc.integer({ min: 0, max: 5 }),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    droppedAttributesCount: fc.nat(),
    events: fc.array(event, { maxLength: 3 }),
    links: fc.array(fc.record({ traceId: hex, spanId: hex, attributes }), { maxLength: 1 }),
    status: fc.record({ message: text, code: fc.integer({ min: 0, max: 2 }) }),
    flags: fc.nat(),
  },
  { requiredKeys: [] },
)

const under = <T>(scopes: string, items: string, item: fc.Arbitrary<T>) =>
  fc.record(
    {
      resource: fc.record({ attributes }),
      [scopes]: fc.array(
        fc.record({
          scope: fc.record({ name: text, version: text }),
          [items]: fc.array(item, { maxLength: 3 }),
        }),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  )

/** Any OTLP/JSON export request of metrics. */
export const metricsRequest = fc.record({
  resourceMetrics: fc.array(under('scopeMetrics', 'metrics', metric), { maxLength: 3 }),
})

/** Any OTLP/JSON export request of traces. */
export const tracesRequest = fc.record({
  resourceSpans: fc.array(under('scopeSpans', 'spans', span), { maxLength: 3 }),
})
