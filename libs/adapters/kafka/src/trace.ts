import {
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

/** A W3C `traceparent`, as it stands in a record's header. */
export type Traceparent = string

const form = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The span that a traceparent names, or undefined when it is not one. */
export const parseTraceparent = (text: Traceparent | undefined): SpanContext | undefined => {
  const [, traceId, spanId, flags] = form.exec(text ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const found = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return trace.isSpanContextValid(found) ? found : undefined
}

/** The header value for a span, or undefined when there is none to name. */
export const traceparentOf = (span: SpanContext | undefined): Traceparent | undefined =>
  span !== undefined && trace.isSpanContextValid(span)
    ? `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 1) === 1 ? '01' : '00'}`
    : undefined

/** The traceparent of the span that is active here. */
export const activeTraceparent = (): Traceparent | undefined =>
  traceparentOf(trace.getActiveSpan()?.spanContext())

const childOf = (parent: Traceparent | undefined, fallback: Context): Context => {
  const span = parseTraceparent(parent)
  return span === undefined ? fallback : trace.setSpanContext(ROOT_CONTEXT, span)
}

// Looked up at each use: the API hands out a proxy, so that a tracer registered later is found.
const tracer = () => trace.getTracer('kubesift.kafka')

/** OpenTelemetry allows 128 links by default; more traces than this in one batch are counted, not linked. */
const maxLinks = 64

const inSpan = async <T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> => {
  try {
    return await context.with(trace.setSpan(parent, span), work)
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error))
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

/** What a span about a topic says of itself. */
export interface MessagingSpan {
  readonly topic: string
  readonly count: number
  readonly traces: readonly Traceparent[]
  readonly partition?: number
  readonly group?: string
}

const attributesOf = (about: MessagingSpan, operation: 'process' | 'publish') => ({
  'messaging.system': 'kafka',
  'messaging.operation.name': operation,
  'messaging.operation.type': operation === 'process' ? 'process' : 'send',
  'messaging.destination.name': about.topic,
  'messaging.batch.message_count': about.count,
  ...(about.partition === undefined
    ? {}
    : { 'messaging.destination.partition.id': String(about.partition) }),
  ...(about.group === undefined ? {} : { 'messaging.consumer.group.name': about.group }),
})

const linksOf = (traces: readonly Traceparent[]): Link[] =>
  traces
    .slice(0, maxLinks)
    .map(parseTraceparent)
    .flatMap((span) => (span === undefined ? [] : [{ context: span }]))

/**
 * Works on one slice inside a `<topic> process` span. Records of one trace make it that trace's child; records of several
 * are linked (OpenTelemetry messaging conventions, batches).
 */
export const processing = <T>(
  about: MessagingSpan,
  work: (own: Traceparent | undefined) => Promise<T>,
): Promise<T> => {
  const [only, ...others] = about.traces
  const parent = others.length === 0 ? childOf(only, ROOT_CONTEXT) : ROOT_CONTEXT
  const span = tracer().startSpan(
    `${about.topic} process`,
    {
      kind: SpanKind.CONSUMER,
      attributes: attributesOf(about, 'process'),
      links: linksOf(about.traces),
    },
    parent,
  )
  return inSpan(span, parent, () => work(traceparentOf(span.spanContext())))
}

/**
 * Sends inside one `<topic> publish` span per trace, so that each trace goes on through the topic; `headerFor` is what a
 * message of that trace carries.
 */
export const publishing = async <T>(
  about: MessagingSpan,
  work: (headerFor: (cause: Traceparent | undefined) => Traceparent | undefined) => Promise<T>,
): Promise<T> => {
  const spans = new Map<Traceparent | undefined, Span>()
  for (const cause of about.traces.slice(0, maxLinks)) {
    spans.set(cause, startPublish(about, childOf(cause, context.active())))
  }
  const own = startPublish(about, context.active())
  try {
    return await inSpan(own, context.active(), () =>
      work((cause) => traceparentOf((spans.get(cause) ?? own).spanContext()) ?? cause),
    )
  } finally {
    for (const span of spans.values()) span.end()
  }
}

const startPublish = (about: MessagingSpan, parent: Context): Span =>
  tracer().startSpan(
    `${about.topic} publish`,
    { kind: SpanKind.PRODUCER, attributes: attributesOf(about, 'publish') },
    parent,
  )
