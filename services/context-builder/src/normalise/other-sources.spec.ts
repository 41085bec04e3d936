import { sourceKinds } from '@kubesift/core-signal'
import { expect, test } from 'vitest'
import { Memory } from './memory.ts'
import { k8sEvent, rawRecord, requestOf, strange } from './raw-records.spec-helper.ts'
import { Reading } from './reading.ts'

const AT = Date.UTC(2026, 10, 21, 1)
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })

/** A line of a pod, or what was posted: one resource with one record, as the receiver of Events writes it. */
const logOf = (body: string, attributes: object[] = []): object => ({
  resource: {
    attributes: [
      text('k8s.cluster.name', 'c'),
      text('k8s.namespace.name', 'shop'),
      text('k8s.pod.name', 'web-0'),
    ],
  },
  scopeLogs: [
    {
      logRecords: [
        { observedTimeUnixNano: String(AT * 1e6), body: { stringValue: body }, attributes },
      ],
    },
  ],
})
const posted = JSON.stringify({
  version: '4',
  status: 'firing',
  alerts: [{ labels: { alertname: 'A' }, startsAt: '2026-11-21T01:00:00Z', fingerprint: 'f' }],
})
const event = k8sEvent({
  cluster: 'c',
  namespace: 'shop',
  uid: 'e',
  count: 1,
  at: AT,
  message: 'm',
})
const fine = logOf('all is well')

const read = (memory: Memory, offset: number): Reading => {
  const reading = new Reading(memory, 'd')
  const groups = [event, logOf('ERROR boom'), logOf(posted), logOf('ERROR boom'), fine, strange()]
  reading.read(rawRecord(requestOf(groups), { offset, timestamp: AT }))
  reading.finish()
  return reading
}

test('lines and webhooks that come again byte for byte are read each time: only Events are told again', () => {
  const memory = new Memory(1_024)
  for (const offset of [1, 2, 3]) {
    const reading = read(memory, offset)
    expect(reading.types).toMatchObject({
      pattern: 2,
      alert: 1,
      unclassified: 1,
      event: offset === 1 ? 1 : 0,
    })
    expect(memory.retellings.count).toBe(offset === 1 ? 0 : 1)
    const chunks = reading.builder.build({ topic: 'otel-logs', partition: 0 }, 100_000)
    const signals = chunks.flatMap((chunk) => chunk.signals)
    expect(signals.find((s) => s.t === 'pattern')).toMatchObject({ heard: [{ offset, n: 2 }] })
  }
})

test('every record counts for a source, whatever became of it', () => {
  const memory = new Memory(1_024)
  for (const offset of [1, 2]) {
    const { times, skipped } = read(memory, offset)
    expect(skipped).toBe(1)
    expect(Object.fromEntries(times.sources())).toEqual({
      k8s_events: 1,
      pod_logs: 3,
      alertmanager: 1,
      unknown: 1,
    })
    for (const kind of times.sources().keys()) expect(sourceKinds).toContain(kind)
  }
})
