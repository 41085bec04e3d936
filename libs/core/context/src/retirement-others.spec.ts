import type { MetricSignal, ObjectSignal, PatternSignal, SlimObject } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'
import { AT, HOUR, MINUTE, occurred, problem, SOURCE } from './retirement.spec-helper.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'

const classifier = new Classifier({
  problems: [
    problem('Boom', { ttl: 30 * MINUTE }),
    problem('Full', { events: [{ reason: ['Full'] }], ttl: 30 * MINUTE }),
  ],
  metrics: [
    {
      name: 'disk-full',
      metric: ['disk.used'],
      over: 0.9,
      problem: 'Full',
      message: 'disk {value}',
    },
  ],
  ignore: [],
  hash: 'test',
} as unknown as ConstructorParameters<typeof Classifier>[0])

const POD = { kind: 'Pod', namespace: 'n', name: 'web-0', uid: 'pod-uid' }

const pattern = (offset: number, at: number): PatternSignal => ({
  t: 'pattern',
  offsets: [offset],
  repeats: 1,
  pattern: { id: 'web-0/boom', source: 'log', reason: 'Boom', involved: POD, text: 'boom' },
  example: 'boom',
  heard: [{ offset, n: 1, from: at, at }],
})

const breach = (offset: number, since: number, at: number, is = true): MetricSignal => ({
  t: 'metric',
  metric: {
    id: 'web-0/disk-full',
    rule: 'disk-full',
    source: 'kubeletstats',
    involved: POD,
    message: 'disk 95 %',
  },
  at,
  since,
  breach: is,
  offsets: [offset],
  repeats: 1,
})

const object = (
  offset: number,
  at: number,
  more: Partial<SlimObject>,
  deleted = false,
): ObjectSignal => ({
  t: 'object',
  object: {
    ...POD,
    apiVersion: 'v1',
    rv: String(at),
    labels: {},
    annotations: {},
    owners: [],
    createdAt: AT - HOUR,
    ...more,
  },
  observedAt: at,
  offsets: [offset],
  repeats: 1,
  ...(deleted ? { deleted } : {}),
})

/** Hours pass: what is told of the pod meanwhile. */
const pass = (machine: NamespaceMachine, from: number, hours: readonly number[]) =>
  hours
    .flatMap((hour) => [...machine.settle(from + hour * HOUR, []).contexts])
    .filter(({ owner }) => owner.name !== 'other')

/** A namespace in which something else is let go, so that it is looked through. */
const machineThat = (after: number): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'n', classifier, after)
  const other = { reason: 'Boom', object: 'Deployment/other', uid: 'other', n: 1, firstAt: AT }
  machine.apply(occurred(AT, other).signal(0), SOURCE)
  return machine
}

const isLetGo = (machine: NamespaceMachine): boolean => machine.size.events === 0

test('what a pattern counted is not counted twice when there is new trouble', () => {
  const counts = [Infinity, RETIRE_AFTER_MS].map((after) => {
    const machine = machineThat(after)
    for (const i of [1, 2, 3]) machine.apply(pattern(i, AT + i * MINUTE), SOURCE)
    pass(machine, AT, [0.1, 1, 4, 5, 6])
    expect(isLetGo(machine)).toBe(after < Infinity)
    machine.apply(pattern(4, AT + 9 * HOUR), SOURCE)
    // Redelivered: its mark holds.
    machine.apply(pattern(2, AT + 2 * MINUTE), SOURCE)
    return pass(machine, AT, [9, 9.1]).at(-1)?.occurrenceCount
  })
  expect(counts).toEqual([4, 4])
})

test('breaches of a metric that are retired are not counted twice, and a new one counts on', () => {
  const counts = [Infinity, RETIRE_AFTER_MS].map((after) => {
    const machine = machineThat(after)
    machine.apply(breach(1, AT, AT + MINUTE), SOURCE)
    machine.apply(breach(2, AT + 2 * MINUTE, AT + 2 * MINUTE, false), SOURCE)
    pass(machine, AT, [0.1, 1, 4, 5, 6])
    expect(isLetGo(machine)).toBe(after < Infinity)
    machine.apply(breach(3, AT + 9 * HOUR, AT + 9 * HOUR + MINUTE), SOURCE)
    return pass(machine, AT, [9.1]).at(-1)?.occurrenceCount
  })
  expect(counts).toEqual([2, 2])
})

test('a breach that ended with its pod does not begin again when the pod is let go', () => {
  const said = [Infinity, RETIRE_AFTER_MS].map((after) => {
    const machine = machineThat(after)
    machine.apply(object(1, AT, {}), SOURCE)
    machine.apply(breach(2, AT, AT + MINUTE), SOURCE)
    const first = pass(machine, AT, [0.02])
    machine.apply(object(3, AT + 2 * MINUTE, {}, true), SOURCE)
    const told = [...first, ...pass(machine, AT, [4, 4.2, 5, 6, 12, 24])]
    // Whatever touches it has it derived anew.
    machine.apply(breach(4, AT, AT + MINUTE), SOURCE)
    told.push(...pass(machine, AT, [25, 30]))
    return told.at(-1)?.spells.map(({ openedAt, recovery }) => [openedAt, recovery?.at])
  })
  expect(said[0]).toBeDefined()
  expect(said[1]).toEqual(said[0])
})

test('a neighbour that was deleted is kept while what it explains can go on', () => {
  const machine = new NamespaceMachine('c', 'n', classifier, RETIRE_AFTER_MS)
  const map = { kind: 'ConfigMap', name: 'settings', uid: 'map-uid' }
  machine.apply(object(1, AT, map), SOURCE)
  machine.apply(object(2, AT + MINUTE, map, true), SOURCE)
  pass(machine, AT, [1, 4, 5, 24])
  expect(machine.size.objects).toBe(1)
  pass(machine, AT, [8 * 24, 9 * 24])
  expect(machine.size.objects).toBe(0)
})
