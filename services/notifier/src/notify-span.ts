import type { TakenDelivery } from '@kubesift/adapter-postgres'
import { parseTraceparent, traceparentOf } from '@kubesift/adapter-kafka'
import type { Attempt } from '@kubesift/core-notice'
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/** One attempt as a span `notify` of the incident's own trace; `work` gets the header value that goes on with it. */
export const notifySpan = async (
  { traceparent, key, channel, kind, attempts }: TakenDelivery,
  work: (traceparent: string | undefined) => Promise<Attempt>,
): Promise<Attempt> => {
  const remote = parseTraceparent(traceparent)
  const parent = remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote)
  const attributes = {
    'kubesift.delivery.key': key,
    'kubesift.delivery.channel': channel,
    'kubesift.delivery.kind': kind,
    'kubesift.delivery.attempt': attempts,
  }
  const options = { kind: SpanKind.CLIENT, attributes }
  const span = trace.getTracer('kubesift.notifier').startSpan('notify', options, parent)
  try {
    const here = traceparentOf(span.spanContext())
    const attempt = await context.with(trace.setSpan(parent, span), () => work(here))
    if (attempt.outcome !== 'delivered') {
      span.setStatus({ code: SpanStatusCode.ERROR, message: attempt.why })
    }
    return attempt
  } finally {
    span.end()
  }
}
