import type { Catalogue, EventHead, EventSignal, Signal } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'
import { Passed } from './passed.ts'

const catalogue: Catalogue = {
  problems: [
    {
      problem: 'Boom',
      severity: 'P4',
      title: '{owner}',
      events: [{ reason: ['Boom'], message: 'bang' }],
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
const classifier = new Classifier(catalogue)
const AT = Date.UTC(2026, 10, 21, 1)
const SOURCE = { topic: 'otel-logs', partition: 0 }

const head = (more: Partial<EventHead> = {}): EventHead => ({
  uid: 'u',
  involved: { kind: 'Pod', namespace: 'n', name: 'web' },
  reason: 'Boom',
  type: 'Normal',
  message: 'bang',
  firstAt: AT,
  ...more,
})
const told = (n: number) => ({ n, at: AT + n, offset: n, repeats: 1 })
const event = (n: number, more?: Partial<EventHead>): EventSignal => ({
  t: 'event',
  event: head(more),
  tellings: [told(n)],
})
const again = (n: number): Signal => ({ t: 'again', uid: 'u', tellings: [told(n)] })

const machineOf = (
  fields: Iterable<readonly [string, string]> = [],
  chunks: readonly Signal[][] = [],
): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  machine.load(
    fields,
    chunks.map((signals) => ({ source: SOURCE, signals })),
  )
  return machine
}

const countOf = (machine: NamespaceMachine): number | undefined =>
  machine.all(null, []).contexts[0]?.occurrenceCount

describe('a machine', () => {
  test('that was loaded from Events alone takes what is told of them again', () => {
    const before = machineOf()
    before.apply(event(1), SOURCE)
    before.settle(null, [])
    const fields = [...before.snapshot()].filter(([name]) => name.startsWith('e:'))
    expect(fields).toHaveLength(1)
    for (const signal of [again(7), event(7)]) {
      const machine = machineOf(fields)
      machine.apply(signal, SOURCE)
      expect(machine.settle(null, [])).toMatchObject({ contexts: [{ occurrenceCount: 7 }] })
    }
  })

  test('keeps over a snapshot what was told of an Event before it was told whole', () => {
    const before = machineOf()
    before.apply(again(7), SOURCE)
    before.settle(null, [])
    const fields = new Map(before.snapshot())
    expect(before.snapshot().size).toBe(0)
    const after = machineOf(fields)
    after.apply(event(1), SOURCE)
    expect(countOf(after)).toBe(7)
    for (const [name, value] of after.snapshot()) fields.set(name, value)
    expect(countOf(machineOf(fields))).toBe(7)
  })

  test('finds in chunks what was told whole and again, and what was told early', () => {
    expect(countOf(machineOf([], [[again(5)], [event(1), again(3)]]))).toBe(5)
  })

  test('does not keep what is mere context, told whole, again or both', () => {
    const machine = machineOf()
    const calm = { message: 'calm' }
    for (const signal of [again(3), event(1, calm), again(2), event(4, calm)])
      machine.apply(signal, SOURCE)
    expect(machine.settle(null, []).contexts).toEqual([])
    expect([...machine.snapshot()]).toEqual([['early', '[]']])
  })

  test('tells an Event that is mere context under one text from what it is under another', () => {
    const calm = event(2, { message: 'calm' })
    const signals = [calm, event(3), calm, event(9), calm]
    const orders = [signals, signals.toReversed(), [event(9), calm, event(3)], [calm, event(9)]]
    for (const order of orders) {
      const machine = machineOf()
      for (const signal of order) machine.apply(signal, SOURCE)
      machine.apply(again(8), SOURCE)
      expect(countOf(machine)).toBe(9)
    }
  })
})

describe('a Node that only sends its heartbeat', () => {
  const notReady: Catalogue['problems'][number] = {
    ...catalogue.problems[0]!,
    problem: 'NodeNotReady',
    events: [],
    states: [{ state: 'condition', kind: ['Node'], value: ['Ready=False'] }],
    recovery: 'node',
  }
  const nodes = new Classifier({ ...catalogue, problems: [notReady] })
  let rv = 0
  const seen = (status: 'True' | 'False', since: number, at: number): Signal => ({
    t: 'object',
    offsets: [++rv],
    repeats: 1,
    observedAt: at,
    object: {
      kind: 'Node',
      apiVersion: 'v1',
      namespace: '',
      name: 'worker-1',
      uid: 'node',
      rv: String(rv),
      labels: {},
      annotations: {},
      owners: [],
      conditions: { Ready: { status, reason: 'Kubelet', at: since } },
    },
  })
  const beat = (machine: NamespaceMachine, signal: Signal, watermark: number): number => {
    machine.apply(signal, SOURCE)
    return machine.settle(watermark, []).contexts.length
  }
  const MINUTE = 60_000

  test('is published when it fails, when it is well again, and not with any of 20 heartbeats', () => {
    const machine = new NamespaceMachine('c', '', nodes)
    const failed = AT + MINUTE
    const well = AT + 5 * MINUTE
    expect(beat(machine, seen('True', AT, AT), AT)).toBe(0)
    expect(beat(machine, seen('False', failed, failed), failed)).toBe(1)
    const whileDown = Array.from({ length: 20 }, (_, i) =>
      beat(machine, seen('False', failed, failed + i * 10_000), failed + i * 10_000),
    )
    expect(whileDown.reduce((sum, n) => sum + n)).toBe(0)
    beat(machine, seen('True', well, well), well)
    expect(machine.settle(well + 2 * MINUTE, []).contexts).toMatchObject([
      { spells: [{ recovery: { by: 'recovered' } }] },
    ])
    const afterwards = Array.from({ length: 20 }, (_, i) =>
      beat(machine, seen('True', well, well + (3 + i) * MINUTE), well + (3 + i) * MINUTE),
    )
    expect(afterwards.reduce((sum, n) => sum + n)).toBe(0)
  })

  test('is published once more by whoever takes the state up, who cannot know what was', () => {
    const before = new NamespaceMachine('c', '', nodes)
    before.apply(seen('False', AT, AT), SOURCE)
    const fields = new Map(before.settle(AT, []).fields)
    for (const [name, value] of before.snapshot()) fields.set(name, value)
    const after = new NamespaceMachine('c', '', nodes)
    after.load(fields)
    expect(after.republish(AT, [])).toHaveLength(1)
    expect(beat(after, seen('False', AT, AT + MINUTE), AT + MINUTE)).toBe(0)
  })
})

test('what was passed over is forgotten before it is too much', () => {
  const passed = new Passed()
  const first = head({ uid: 'first' })
  passed.add(first)
  expect([passed.has('first'), passed.hasHead(first), passed.hasHead({ ...first })]).toEqual([
    true,
    true,
    false,
  ])
  for (let i = 0; i < 1_024; i += 1) passed.add(head({ uid: `u${i}` }))
  expect(passed.has('first')).toBe(false)
  expect(passed.has('u1023')).toBe(true)
  passed.delete('u1023')
  expect(passed.has('u1023')).toBe(false)
})
