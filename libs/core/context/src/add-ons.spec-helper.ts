import type { Catalogue, Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import { expect } from 'vitest'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import { NamespaceMachine } from './machine.ts'

export const SOURCE = { topic: 'otel-logs', partition: 0 }
export const AT = Date.parse('2026-11-21T01:30:00Z')
export const iso = (seconds: number): string => new Date(AT + seconds * 1_000).toISOString()

export const catalogue: Catalogue = {
  problems: [
    {
      problem: 'Boom',
      title: '{owner}',
      severity: 'P3',
      events: [{ reason: ['Boom'] }],
      states: [],
      absorbs: [],
      opens: { count: 1 },
      recovery: 'workload',
      stability: 60_000,
      ttl: 3_600_000,
    },
  ],
  ignore: [{ reason: ['PolicyViolation'], why: 'a finding' }],
  hash: 'h',
}

/** What of these objects comes to the namespace `shop`. */
const signalsOf = (objects: readonly object[]): Signal[] =>
  objects.flatMap((object, i) => {
    const read = fromKube(object, { offset: i, observedAt: AT + 300_000 + i })
    if (!read.ok) throw new Error(read.why)
    const each = 'each' in read ? read.each : [read]
    return each.flatMap((one) => ('signal' in one && one.namespace === 'shop' ? [one.signal] : []))
  })

export const contextOf = (...objects: object[]): Derived => {
  const machine = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
  for (const signal of signalsOf([boom, ...objects])) machine.apply(signal, SOURCE)
  const { contexts } = machine.settle(AT + 400_000, [])
  expect(contexts).toHaveLength(1)
  // Whatever the order, and when it is loaded again.
  const again = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
  for (const signal of signalsOf([...objects.toReversed(), boom])) again.apply(signal, SOURCE)
  const strip = (c: Derived | undefined): unknown =>
    JSON.parse(
      JSON.stringify(c, (key, value: unknown) =>
        key === 'records' || key === 'cause' ? 0 : value,
      ),
    )
  expect(strip(again.settle(AT + 400_000, []).contexts[0])).toEqual(strip(contexts[0]))
  const loaded = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
  loaded.load(machine.snapshot())
  expect(loaded.all(AT + 400_000, []).contexts).toEqual(contexts)
  return contexts[0]!
}

export const POD = 'web-5d6b7c8d9f-bcdfg'
export const event = (name: string, reason: string, kind: string, more: object = {}): object => ({
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name, namespace: 'shop', uid: name },
  involvedObject: { kind, namespace: 'shop', name: kind === 'Pod' ? POD : 'web' },
  reason,
  type: 'Warning',
  message: 'm',
  count: 3,
  firstTimestamp: iso(0),
  lastTimestamp: iso(5),
  ...more,
})
export const boom = event('a', 'Boom', 'Pod')
