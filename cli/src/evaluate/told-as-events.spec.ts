import { expect, it } from 'vitest'
import { ageMs, eventsOfSummary, eventsOfTable } from './told-as-events.ts'

it.each([
  ['4m28s', 268_000],
  ['16m', 960_000],
  ['103s', 103_000],
  ['2d3h', 183_600_000],
  ['<unknown>', 0],
])('the age %s is %d ms', (text, ms) => {
  expect(ageMs(text)).toBe(ms)
})

const row = (more: object): object => ({
  type: 'Warning',
  reason: 'BackOff',
  message: 'm',
  ...more,
})

it.each([
  ['a name alone is a pod’s', { object: 'a-1', source: 'kubelet' }, 'Pod', 'a-1'],
  ['or of what its writer controls', { object: 'a', source: 'job-controller' }, 'Job', 'a'],
  [
    'the kind as the table has it',
    { object: 'persistentvolumeclaim/data' },
    'PersistentVolumeClaim',
    'data',
  ],
  ['the kind as it is called', { object: 'Pod/a-1' }, 'Pod', 'a-1'],
  [
    'the one that was asked about',
    { object: null, from_command: 'kubectl describe pod a-1 -n x' },
    'Pod',
    'a-1',
  ],
])('the object of a row is %s', (_, more, kind, name) => {
  expect(eventsOfTable([row(more)])).toMatchObject({ items: [{ involvedObject: { kind, name } }] })
})

it('tells rows of several commands once, in the namespace that any of them names, with times by their ages', () => {
  const list = eventsOfTable([
    row({ object: 'Pod/a-1', count: 2, firstAge: '10m', lastAge: '1m' }),
    row({ object: 'a-1', namespace: 'shop', count: 5, firstAge: '10m', lastAge: '1m' }),
    row({ object: null }),
  ])
  expect(list).toMatchObject({
    items: [
      {
        metadata: { namespace: 'shop' },
        count: 5,
        firstTimestamp: '2025-12-31T23:50:00.000Z',
        lastTimestamp: '2025-12-31T23:59:00.000Z',
      },
    ],
  })
})

it('tells the summary of a tool', () => {
  const list = eventsOfSummary({
    warning_events: [
      {
        namespace: 'default',
        reason: 'NodeNotReady',
        message: 'm',
        type: 'Warning',
        count: 3,
        involved_object: 'Node/n1',
        first_time: '2026-04-18T10:25:00Z',
        last_time: '2026-04-18T10:26:00Z',
      },
    ],
  })
  expect(list).toMatchObject({
    items: [{ involvedObject: { kind: 'Node', name: 'n1' }, count: 3 }],
  })
})

it('refuses what is neither', () => {
  expect(() => eventsOfTable({ not: 'rows' })).toThrow('no table of Events')
  expect(() => eventsOfSummary([])).toThrow('no table of Events')
})
