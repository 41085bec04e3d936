import type { Catalogue, EventHead, EventSignal, SignalChunk } from '@kubesift/contracts'
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
