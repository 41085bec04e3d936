import type { AlertSignal, MetricSignal, ObjectSignal, Signal } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { mixed } from './retirement-mixed.spec-helper.ts'
import { AT, HOUR, MINUTE, occurred, Run } from './retirement.spec-helper.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'

const told = { offsets: [1], repeats: 1 }

const alert = (startsAt: number, toldAt: number, endsAt?: number): AlertSignal => ({
  t: 'alert',
  ...told,
  toldAt,
  alert: {
    fingerprint: 'high',
    name: 'High',
    message: '',
    involved: { kind: 'Deployment', namespace: 'n', name: 'web' },
    startsAt,
    ...(endsAt === undefined ? {} : { endsAt }),
  },
})

const metric = (since: number, at: number, breach = true): MetricSignal => ({
  t: 'metric',
  ...told,
  at,
  since,
  breach,
  metric: {
    id: 'web/disk-full',
    rule: 'disk-full',
    source: 'kubeletstats',
    involved: { kind: 'Deployment', namespace: 'n', name: 'web' },
    message: 'disk 95 %',
  },
})

/** A pod of the Deployment, seen at `at`, whose container was killed at these times. */
const pod = (at: number, killed: readonly number[], deleted = false): ObjectSignal => ({
  t: 'object',
  ...told,
  observedAt: at,
  ...(deleted ? { deleted } : {}),
  object: {
    uid: 'pod-uid',
    kind: 'Pod',
    apiVersion: 'v1',
    namespace: 'n',
    name: 'web-5d4f8c9b7d-x2x4z',
    rv: String(at),
    labels: {},
    annotations: {},
    owners: [{ kind: 'ReplicaSet', name: 'web-5d4f8c9b7d', uid: 'set', controller: true }],
    createdAt: AT - HOUR,
    pod: {
      phase: 'Running',
      conditions: {},
      configMaps: [],
      secrets: [],
      claims: [],
      containers: killed.map((finishedAt, i) => ({
        name: `main${i}`,
        ready: true,
        restarts: 1,
        last: { container: `main${i}`, reason: 'OOMKilled', exitCode: 137, finishedAt },
      })),
    },
  },
})

/** What has come to be after these signals, an hour after the other: nothing else wakes the namespace. */
const after = (signals: readonly Signal[], hours: number, retireAfter = RETIRE_AFTER_MS): Run => {
  const result = new Run(retireAfter, mixed)
  for (const signal of signals) result.apply(signal)
  result.settle(AT, false, false)
  for (let hour = 1; hour <= hours; hour += 1) wake(result, AT + hour * HOUR)
  return result
}

/** As the timer of a namespace does. */
const wake = (run: Run, watermark: number): void => {
  const due = run.machine.nextDecisionAt()
  if (due !== null && due <= watermark) run.settle(watermark, false, false)
}

const retiredOf = (run: Run): string[] => [...run.fields.keys()].filter((f) => f.startsWith('r:'))
const counts = (run: Run, problem: string): unknown =>
  run.said.get(`c/n/Deployment/web/${problem}`)?.counts
const spells = (run: Run, problem: string): unknown =>
  run.said
    .get(`c/n/Deployment/web/${problem}`)
    ?.spells.map(({ from, openedAt, count }) => ({ from, openedAt, count }))

test('an owner of which only alerts or metrics speak is retired though nothing else wakes its namespace', () => {
  const ofAlert = after([alert(AT, AT), alert(AT, AT + MINUTE, AT + MINUTE)], 8)
  expect(retiredOf(ofAlert)).toEqual(['r:Deployment/web'])
  expect([...ofAlert.fields.keys()].filter((f) => f.startsWith('x:'))).toEqual([])
  const ofMetric = after([metric(AT, AT + MINUTE), metric(AT, AT + 2 * MINUTE, false)], 8)
  expect(retiredOf(ofMetric)).toEqual(['r:Deployment/web'])
})

test('an owner of which only states speak keeps its count when the pod that told it is let go', () => {
  const killed = [pod(AT, [AT]), pod(AT + MINUTE, [AT, AT + MINUTE])]
  const run = after([...killed, pod(AT + 2 * MINUTE, [AT, AT + MINUTE], true)], 12)
  expect(run.machine.size.objects).toBe(0)
  expect(retiredOf(run)).toEqual(['r:Deployment/web'])
  run.apply({
    ...pod(AT + 13 * HOUR, [AT + 13 * HOUR]),
    object: { ...pod(AT + 13 * HOUR, [AT + 13 * HOUR]).object, uid: 'next' },
  })
  run.settle(AT + 13 * HOUR, false, false)
  expect(counts(run, 'Oom')).toEqual([3, 'exact'])
})

const [event, full] = ['Boom', 'Full'].map((reason) =>
  occurred(AT, {
    reason,
    object: 'Deployment/web',
    uid: 'u',
    n: 2,
    firstAt: AT - MINUTE,
  }).signal(0),
) as [Signal, Signal]

test('states, metrics and alerts that come late for what is retired are entered, once', () => {
  const run = after([event, pod(AT, []), metric(AT, AT, false), alert(AT, AT + 1, AT + 1)], 8)
  expect(retiredOf(run)).toEqual(['r:Deployment/web'])
  const before = counts(run, 'Boom')
  const late = [
    pod(AT + MINUTE, [AT - MINUTE]),
    metric(AT - 2 * MINUTE, AT - MINUTE),
    alert(AT - HOUR, AT - HOUR, AT - HOUR),
  ]
  for (const each of [...late, ...late.slice(0, 2)]) {
    run.apply(each)
    run.settle(AT + 8 * HOUR, true, false)
  }
  expect(run.late).toEqual({
    Pod: { records: 1, occurrences: 1, newestAt: AT - MINUTE },
    Deployment: { records: 2, occurrences: 2, newestAt: AT },
  })
  expect(counts(run, 'Boom')).toEqual(before)
  expect(run.said.has('c/n/Deployment/web/Oom')).toBe(false)
})

test('what is told of a pod that is let go is entered when all is read once more', () => {
  const first = [event, pod(AT, [AT]), pod(AT + MINUTE, [AT], true)]
  const run = after(first, 12)
  const said = new Map(run.said)
  for (const signal of first) run.apply(signal)
  run.settle(AT + 12 * HOUR, false, false)
  for (let hour = 13; hour <= 20; hour += 1) wake(run, AT + hour * HOUR)
  expect(run.late).toMatchObject({ Deployment: { records: 1 }, Pod: { records: 1 } })
  expect(run.machine.size).toEqual({ events: 0, objects: 0 })
  expect(new Map(run.said)).toEqual(said)
})

test('an Event that is told once more is late too where only the object that is gone told whose it was', () => {
  const owned = (at: number, deleted: boolean): ObjectSignal => {
    const signal = pod(at, [], deleted)
    const owners = [{ kind: 'Widget', name: 'w', uid: 'widget', controller: true }]
    return { ...signal, object: { ...signal.object, name: 'odd', owners } }
  }
  const of = { reason: 'Boom', object: 'Pod/odd', uid: 'u', n: 2, firstAt: AT - MINUTE }
  const plain = occurred(AT, of).signal(0)
  if (plain.t !== 'event') throw new Error('no Event')
  const { event } = plain
  const boom = { ...plain, event: { ...event, involved: { ...event.involved, uid: 'pod-uid' } } }
  const run = after([owned(AT - MINUTE, false), boom, owned(AT + MINUTE, true)], 12)
  expect(retiredOf(run)).toEqual(['r:Widget/w'])
  expect(run.machine.size).toEqual({ events: 0, objects: 0 })
  const said = [...run.said.keys()]
  run.apply(boom)
  run.settle(AT + 12 * HOUR, true, false)
  expect([...run.said.keys()]).toEqual(said)
  expect(run.late).toMatchObject({ Pod: { records: 1 } })
})

test('an alert whose end was never told opens again when it is told again, and is not counted twice', () => {
  const [never, retired] = [Infinity, RETIRE_AFTER_MS].map((afterMs) => {
    const run = after([alert(AT, AT)], 30, afterMs)
    run.apply(alert(AT, AT + 40 * HOUR))
    run.settle(AT + 40 * HOUR, true, false)
    return run
  })
  expect(retiredOf(retired!)).toEqual(['r:Deployment/web'])
  expect(spells(never!, 'High')).toHaveLength(2)
  expect(spells(retired!, 'High')).toEqual(spells(never!, 'High'))
  expect(counts(retired!, 'High')).toEqual([1, 'exact'])
})

test('what has lasted since before its owner was retired, and is told first now, opens', () => {
  for (const signal of [alert(AT - HOUR, AT + 9 * HOUR), pod(AT + 9 * HOUR, [AT - HOUR])]) {
    const [never, retired] = [Infinity, RETIRE_AFTER_MS].map((afterMs) => {
      const run = after([full], 8, afterMs)
      run.apply(signal)
      run.settle(AT + 9 * HOUR, true, false)
      return run
    })
    expect(retiredOf(retired!)).toEqual(['r:Deployment/web'])
    const problem = signal.t === 'alert' ? 'High' : 'Oom'
    expect(counts(never!, problem)).toEqual([1, 'exact'])
    expect(counts(retired!, problem)).toEqual([1, 'exact'])
    expect(spells(retired!, problem)).toEqual(spells(never!, problem))
    expect(retired!.late).toEqual({})
  }
})

test('gaps after its end neither tell an incident anew nor keep its facts', () => {
  const run = after([event], 0)
  let published = 0
  for (let hour = 1; hour <= 8; hour += 1) {
    const gaps = Array.from({ length: hour }, (_, i): [number, number] => [
      AT + i * HOUR + 40 * MINUTE,
      AT + (i + 1) * HOUR,
    ])
    const before = run.said.get('c/n/Deployment/web/Boom')
    run.settle(AT + hour * HOUR, false, false, gaps)
    if (run.said.get('c/n/Deployment/web/Boom') !== before) published += 1
  }
  expect(retiredOf(run)).toEqual(['r:Deployment/web'])
  expect(published).toBe(1)
})
