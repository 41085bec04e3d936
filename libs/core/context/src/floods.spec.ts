import type {
  Catalogue,
  EventHead,
  EventSignal,
  ObjectSignal,
  SignalChunk,
} from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { contextsOf } from './in-process.ts'

const catalogue: Catalogue = {
  problems: [
    {
      problem: 'Unknown',
      severity: 'P4',
      title: '{owner}',
      events: [{ reason: ['*'], type: 'Warning' }],
      states: [],
      absorbs: [],
      opens: { count: 1 },
      recovery: 'none',
      stability: 60_000,
      ttl: 3_600_000,
    },
  ],
  ignore: [],
  hash: 'test',
}

const AT = Date.UTC(2026, 10, 21, 1)

const warning = (i: number, more: Partial<EventHead>): EventSignal => ({
  t: 'event',
  event: {
    uid: `e${i}`,
    involved: { kind: 'Deployment', namespace: 'n', name: 'web' },
    reason: 'Boom',
    type: 'Warning',
    message: 'x'.repeat(1024),
    firstAt: AT,
    ...more,
  },
  tellings: [{ n: 10, at: AT + 600_000, offset: i, repeats: 1 }],
})

const contextOf = (signals: EventSignal[]) => {
  const source = { topic: 'otel-logs', partition: 0 }
  const chunk: SignalChunk = { kind: 'chunk', cluster: 'c', namespace: 'n', source, signals }
  const [context] = contextsOf([chunk], catalogue).contexts
  return context!
}

test('thousands of distinct reasons on one owner make a document that fits its topic, with every occurrence in it', () => {
  const reasons = Array.from({ length: 3_000 }, (_, i) => warning(i, { reason: `Reason${i}` }))
  const context = contextOf(reasons)
  expect(JSON.stringify(context).length).toBeLessThan(200_000)
  expect(context.occurrenceCount).toBe(30_000)
  expect(context.reasons.reduce((sum, r) => sum + r.count, 0)).toBe(30_000)
  expect(context.reasons.at(-1)).toMatchObject({ reason: '(others)', uids: 3_000 - 40 })
})

test('more events of one reason than a call takes arguments are counted like any others', () => {
  const events = Array.from({ length: 150_000 }, (_, i) => warning(i, { message: 'm' }))
  expect(contextOf(events)).toMatchObject({ occurrenceCount: 1_500_000, lastSeenAt: AT + 600_000 })
})

test('more events of a problem that is folded into another than a call takes arguments are folded, too', () => {
  const [unknown] = catalogue.problems
  const crash = {
    ...unknown!,
    problem: 'Crash',
    events: [{ reason: ['Crash'] }],
    absorbs: ['Unknown'],
  }
  const both = { ...catalogue, problems: [crash, unknown!] }
  const source = { topic: 'otel-logs', partition: 0 }
  const signals = [
    warning(0, { reason: 'Crash' }),
    ...Array.from({ length: 150_000 }, (_, i) => warning(i + 1, { message: 'm' })),
  ]
  const chunk: SignalChunk = { kind: 'chunk', cluster: 'c', namespace: 'n', source, signals }
  expect(contextsOf([chunk], both).contexts).toMatchObject([
    { problem: 'Crash', occurrenceCount: 1_500_010 },
  ])
})

test('an owner that is known by nothing but more deleted pods than a call takes arguments is looked at', () => {
  const owner = { kind: 'DaemonSet', name: 'web', uid: 'w', controller: true }
  const pods = Array.from({ length: 130_000 }, (_, i): ObjectSignal => ({
    t: 'object',
    observedAt: AT,
    offsets: [i],
    repeats: 1,
    deleted: true,
    object: {
      kind: 'Pod',
      apiVersion: 'v1',
      namespace: 'n',
      name: `web-${i}`,
      uid: `p${i}`,
      rv: '1',
      labels: {},
      annotations: {},
      owners: [owner],
    },
  }))
  const source = { topic: 'otel-logs', partition: 0 }
  const involved = { kind: 'Pod', namespace: 'n', name: 'web-1', uid: 'p1' }
  const signals = [...pods, warning(0, { involved, firstAt: AT - 1 })]
  const chunk: SignalChunk = { kind: 'chunk', cluster: 'c', namespace: 'n', source, signals }
  expect(contextsOf([chunk], catalogue).contexts).toMatchObject([{ owner: { kind: 'DaemonSet' } }])
})
