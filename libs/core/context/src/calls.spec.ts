import type { Catalogue, EventSignal, PatternSignal, Signal } from '@kubesift/contracts'
import { fromSpans, type SpanRecord } from '@kubesift/core-signal'
import { describe, expect, it } from 'vitest'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import { NamespaceMachine } from './machine.ts'

const SOURCE = { topic: 'otel-traces', partition: 0 }
const AT = Date.UTC(2026, 10, 21, 1)
const MIN = 60_000

const catalogue: Catalogue = {
  problems: [
    {
      problem: 'Crash',
      title: '{owner}',
      severity: 'P3',
      events: [{ reason: ['BackOff'] }],
      states: [],
      absorbs: [],
      opens: { count: 1 },
      recovery: 'workload',
      stability: MIN,
      ttl: 30 * MIN,
    },
  ],
  ignore: [],
  hash: 'h',
}

const backOff: EventSignal = {
  t: 'event',
  event: {
    uid: 'u',
    involved: { kind: 'Pod', namespace: 'shop', name: 'cart-5d6b7c8d9f-bcdfg' },
    reason: 'BackOff',
    type: 'Warning',
    message: 'm',
    firstAt: AT,
  },
  tellings: [{ n: 3, at: AT + MIN, offset: 1, repeats: 1 }],
}

const spanTo = (host: string, at: number, more: Partial<SpanRecord> = {}): SpanRecord => ({
  resource: { 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'cart' },
  traceId: 'f'.repeat(32),
  spanId: 'a',
  parentSpanId: '',
  name: 'call',
  kind: 3,
  startMs: at,
  endMs: at,
  attributes: { 'server.address': host },
  events: [],
  statusCode: 0,
  statusMessage: '',
  ...more,
})
const signalsOf = (offset: number, ...spans: SpanRecord[]): PatternSignal[] =>
  fromSpans(spans, { offset }).reads.flatMap(([, r]) =>
    'signal' in r && r.signal.t === 'pattern' ? [r.signal] : [],
  )

const machineOf = (signals: readonly Signal[]): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
  for (const signal of signals) machine.apply(signal, SOURCE)
  return machine
}
const contextOf = (...signals: readonly Signal[]): Derived => {
  const { contexts } = machineOf(signals).settle(null, [])
  expect(contexts).toHaveLength(1)
  return contexts[0]!
}
const used = ({ touches }: Derived) => touches.filter(({ how }) => how === 'uses')

describe('whom a workload was seen to call', () => {
  it('is used, since when and how often it was', () => {
    const calls = [0, 1, 2].map((i) => spanTo('payments.pay', AT - 5 * MIN + i))
    expect(used(contextOf(backOff, ...signalsOf(1, ...calls)))).toEqual([
      {
        how: 'uses',
        thing: 'Service/pay/payments',
        why: 'seen in traces since 2026-11-21T00:55:00Z (some spans): calls Service payments of pay',
      },
    ])
  })

  it('is no news for each span, and counts none twice', () => {
    const machine = machineOf([
      backOff,
      ...signalsOf(1, ...Array<SpanRecord>(12).fill(spanTo('db', AT))),
    ])
    expect(machine.settle(null, []).contexts).toHaveLength(1)
    for (const signal of signalsOf(1, ...Array<SpanRecord>(12).fill(spanTo('db', AT))))
      machine.apply(signal, SOURCE)
    for (const signal of signalsOf(2, ...Array<SpanRecord>(80).fill(spanTo('db', AT))))
      machine.apply(signal, SOURCE)
    expect(machine.settle(null, []).contexts).toEqual([])
    for (const signal of signalsOf(3, ...Array<SpanRecord>(8).fill(spanTo('db', AT))))
      machine.apply(signal, SOURCE)
    const [context] = machine.settle(null, []).contexts
    expect(used(context!)[0]?.why).toContain('(100 spans or more)')
  })

  it('is forgotten where it was not called for a day before the trouble', () => {
    expect(used(contextOf(backOff, ...signalsOf(1, spanTo('db', AT - 25 * 60 * MIN))))).toEqual([])
  })

  it('is no observation, and opens nothing', () => {
    expect(contextOf(backOff, ...signalsOf(1, spanTo('db', AT)))).not.toHaveProperty('observations')
    expect(machineOf(signalsOf(1, spanTo('db', AT))).settle(null, []).contexts).toEqual([])
  })

  it('are so many at most', () => {
    const many = Array.from({ length: 300 }, (_, i) => spanTo(`s${i}`, AT))
    expect(used(contextOf(backOff, ...signalsOf(1, ...many))).length).toBe(20)
  })
})

it('what failed in its spans stands beside what it has, with a trace that shows it', () => {
  const failed = spanTo('db', AT, { statusCode: 2, statusMessage: 'refused' })
  const { observations, evidence } = contextOf(backOff, ...signalsOf(1, failed))
  expect(observations).toMatchObject([
    {
      source: 'traces',
      reason: 'SpanError',
      count: 1,
      example: `call: refused (trace ${'f'.repeat(32)})`,
    },
  ])
  expect(evidence.map(({ id }) => id)).toContain(observations?.[0]?.evidence)
})
