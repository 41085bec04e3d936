import { expect, test } from 'vitest'
import { fromKube } from './from-kube.ts'
import type { EventSignal, ObjectSignal } from '@kubesift/contracts'

const KAFKA_AT = Date.UTC(2026, 10, 21, 1)
const FAR = Date.UTC(9999, 11, 31)

const signalOf = (item: object, observedAt?: number): EventSignal | ObjectSignal => {
  const at = { offset: 1, kafkaAt: KAFKA_AT, ...(observedAt === undefined ? {} : { observedAt }) }
  const read = fromKube(item, at)
  if (!read.ok || !('signal' in read) || (read.signal.t !== 'event' && read.signal.t !== 'object'))
    throw new Error(JSON.stringify(read))
  return read.signal
}

const event = (more: object): EventSignal =>
  signalOf({
    kind: 'Event',
    metadata: { uid: 'e' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'n' },
    reason: 'BackOff',
    ...more,
  }) as EventSignal

test('an object observed in the year 9999 does not move the time of its cluster there', () => {
  const pod = { kind: 'Pod', metadata: { name: 'p', namespace: 'n', uid: 'u' } }
  expect((signalOf(pod, FAR) as ObjectSignal).observedAt).toBe(KAFKA_AT)
  expect((signalOf(pod, KAFKA_AT + 1_000) as ObjectSignal).observedAt).toBe(KAFKA_AT + 1_000)
})

test.each([
  [-5, 1],
  [0, 1],
  [1.5, 1],
  [1e308, 1],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [2 ** 31, 2 ** 31 - 1],
  [Number.MAX_SAFE_INTEGER, 2 ** 31 - 1],
])('a count of %d is taken as %d', (count, n) => {
  expect(event({ count }).tellings[0]?.n).toBe(n)
})

test('an Event that ends before it begins begins at its end', () => {
  const signal = event({
    firstTimestamp: '9999-01-01T00:00:00Z',
    lastTimestamp: '1970-01-01T00:00:00Z',
  })
  expect([signal.event.firstAt, signal.tellings[0]?.at]).toEqual([0, 0])
})
