import type { ObjectRef } from '@kubesift/contracts'
import { guard, type At } from '../kube-event.ts'
import { masked, shown } from '../logs/mask.ts'
import { heardAs, type Seen } from '../logs/pattern-of.ts'
import { cut, str, type Json } from '../pick.ts'
import type { ReadOne } from '../read.ts'
import { peerOf } from './peer-of.ts'
import { CLIENT, CONSUMER, ERROR, PRODUCER, SERVER, type SpanRecord } from './span-record.ts'
import { workloadOf } from './workload-of.ts'

/** How calls are told apart from what they ended in: as patterns of a source and a reason of their own. */
export const CALLS = { source: 'calls', reason: 'Calls' } as const

/** One pattern of a request, and how often it was there. */
interface Heard {
  readonly seen: Seen
  readonly span: SpanRecord
  n: number
  from: number
  at: number
}

/** What one span says; undefined: nothing, by design. */
type Said = { readonly seen: Seen } | { readonly why: string }

const exceptionOf = ({ events }: SpanRecord): Json | undefined =>
  events.find(({ name }) => name === 'exception')?.attributes

const EXCEPTION_TEXT = 400

/** What went wrong, in the words of the exception, else of the status, else by its code. */
const errorOf = (span: SpanRecord, exception: Json | undefined): string => {
  const said = [
    exception === undefined ? undefined : str(exception, 'exception.type', 200),
    exception === undefined ? undefined : str(exception, 'exception.message', EXCEPTION_TEXT),
  ].filter((part) => part !== undefined)
  if (said.length > 0) return said.join(': ')
  if (span.statusMessage !== '') return cut(span.statusMessage, EXCEPTION_TEXT)
  const { attributes } = span
  const type = str(attributes, 'error.type', 200)
  const code = attributes['http.response.status_code'] ?? attributes['http.status_code']
  return type ?? (typeof code === 'number' ? `status ${code}` : 'error')
}

const TRACE_ID = /^[0-9a-f]{32}$/

/** Which trace shows it. */
const traceText = ({ traceId }: SpanRecord): string =>
  TRACE_ID.test(traceId) ? ` (trace ${traceId})` : ''

/** An error, or an exception that nobody kept from the span, of the workload that the span is of. */
const failureOf = (span: SpanRecord, of: ObjectRef | undefined): Said | undefined => {
  const exception = exceptionOf(span)
  if (span.statusCode !== ERROR && exception === undefined) return undefined
  if (of === undefined) return { why: 'a failed span that does not say of which workload' }
  const text = `${cut(span.name, 200)}: ${errorOf(span, exception)}`
  return {
    seen: {
      source: 'traces',
      reason: 'SpanError',
      involved: of,
      text: masked(text),
      example: `${cut(shown(text), 340)}${traceText(span)}`,
    },
  }
}

const call = (involved: ObjectRef, peer: ObjectRef, text: string, span: SpanRecord): Said => ({
  seen: { ...CALLS, involved, peer, text, example: `${text}${traceText(span)}` },
})

const callOf = (span: SpanRecord, of: ObjectRef): Said | undefined => {
  if (span.kind !== CLIENT && span.kind !== PRODUCER) return undefined
  const peer = peerOf(span.attributes, of.namespace)
  if (peer === undefined) return undefined
  const { ref, system } = peer
  const name = `Service ${ref.name} of ${ref.namespace}`
  return call(of, ref, system === undefined ? `calls ${name}` : `calls ${name} (${system})`, span)
}

const isSame = (a: ObjectRef, b: ObjectRef): boolean =>
  a.kind === b.kind && a.namespace === b.namespace && a.name === b.name

/** Who was called by whom, where both ends of a call came in one request: a pod is nobody's address, so only workloads are. */
const servedOf = (
  span: SpanRecord,
  of: ObjectRef,
  callers: ReadonlyMap<string, ObjectRef>,
): Said | undefined => {
  if ((span.kind !== SERVER && span.kind !== CONSUMER) || of.kind === 'Pod') return undefined
  const caller = callers.get(`${span.traceId}/${span.parentSpanId}`)
  if (caller === undefined || isSame(caller, of)) return undefined
  return call(caller, of, `calls ${of.kind} ${of.name} of ${of.namespace}`, span)
}

const callersIn = (
  spans: readonly SpanRecord[],
  of: (span: SpanRecord) => ObjectRef | undefined,
): ReadonlyMap<string, ObjectRef> => {
  const callers = new Map<string, ObjectRef>()
  for (const span of spans) {
    if ((span.kind !== CLIENT && span.kind !== PRODUCER) || span.spanId === '') continue
    const workload = of(span)
    if (workload !== undefined) callers.set(`${span.traceId}/${span.spanId}`, workload)
  }
  return callers
}

/** What the spans of one request say, each with the spans that it was read from. */
export interface FromSpans {
  /** Patterns of errors and of calls, and why something could not be read. */
  readonly reads: readonly (readonly [SpanRecord, ReadOne])[]
  /** Spans that say nothing by design. */
  readonly skipped: number
}

/** Whose a resource is, found once: it is shared by all its spans. */
const workloads = (): ((span: SpanRecord) => ObjectRef | undefined) => {
  const known = new Map<Json, ObjectRef | undefined>()
  return ({ resource }) => {
    if (!known.has(resource)) known.set(resource, workloadOf(resource))
    return known.get(resource)
  }
}

/**
 * The spans of one request: those that failed are patterns of their workload, as the lines of its logs are; those that call say who talks
 * to whom. A request is read whole or not at all, so what is counted does not depend on how requests are cut into batches.
 */
export const fromSpans = (spans: readonly SpanRecord[], at: At): FromSpans => {
  const of = workloads()
  const callers = callersIn(spans, of)
  const heard = new Map<string, Heard>()
  const reads: [SpanRecord, ReadOne][] = []
  let skipped = 0
  for (const span of spans) {
    const workload = of(span)
    const said = [
      failureOf(span, workload),
      ...(workload === undefined
        ? []
        : [callOf(span, workload), servedOf(span, workload, callers)]),
    ].filter((one) => one !== undefined)
    if (said.length === 0) skipped++
    const told = span.endMs ?? span.startMs ?? at.kafkaAt
    for (const one of said) {
      if ('why' in one) reads.push([span, { ok: false, why: one.why }])
      else if (told === undefined) reads.push([span, { ok: false, why: 'a span without any time' }])
      else hear(heard, { seen: one.seen, span, when: guard(told, at) })
    }
  }
  for (const { seen, span, n, from, at: last } of heard.values())
    reads.push([span, heardAs(seen, { offset: at.offset, n, from, at: last })])
  return { reads, skipped }
}

const hear = (
  heard: Map<string, Heard>,
  { seen, span, when }: { readonly seen: Seen; readonly span: SpanRecord; readonly when: number },
): void => {
  const { involved, peer, reason, text } = seen
  const key = JSON.stringify([str(span.resource, 'k8s.cluster.name'), reason, involved, peer, text])
  const known = heard.get(key)
  if (known === undefined) {
    heard.set(key, { seen, span, n: 1, from: when, at: when })
    return
  }
  known.n += 1
  known.from = Math.min(known.from, when)
  known.at = Math.max(known.at, when)
}
