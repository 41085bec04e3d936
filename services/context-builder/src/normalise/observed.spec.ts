import { expect, test } from 'vitest'
import { BatchTimes, Observed } from './observed.ts'

const MINUTE = 60_000
const object = (observed: Observed, cluster: string, at: number): void => {
  const times = new BatchTimes()
  times.arrived(cluster, at)
  times.signal(cluster, {
    t: 'object',
    offsets: [1],
    repeats: 1,
    observedAt: at,
    object: {
      kind: 'Lease',
      apiVersion: 'v1',
      namespace: 'n',
      name: 'l',
      uid: 'u',
      rv: '1',
      labels: {},
      annotations: {},
      owners: [],
    },
  })
  observed.note(3, times)()
}

test('the next reader of a partition knows what was heard, though the former never told its progress', () => {
  const former = new Observed()
  object(former, 'c', 10 * MINUTE)
  const next = new Observed()
  next.recall(3, former.noteOf(3))
  expect(next.of(3)).toEqual({ c: { objectsAt: 10 * MINUTE, objectsArrivedAt: 10 * MINUTE } })
})

test('a silence across readers is a gap of the next', () => {
  const former = new Observed()
  object(former, 'c', 10 * MINUTE)
  const next = new Observed()
  next.recall(3, former.noteOf(3))
  object(next, 'c', 20 * MINUTE)
  expect(next.of(3)['c']).toMatchObject({ gaps: [[10 * MINUTE, 20 * MINUTE]] })
})

test('a note stays within what a broker keeps, with those that spoke last', () => {
  const observed = new Observed()
  for (let i = 0; i < 500; i += 1) object(observed, `cluster-${'ü'.repeat(30)}-${i}`, i * 1_000)
  const note = observed.noteOf(3)
  expect(Buffer.byteLength(note)).toBeLessThan(4_096)
  const next = new Observed()
  next.recall(3, note)
  expect(Object.keys(next.of(3))[0]).toMatch(/-499$/)
})

test.each([undefined, '', 'not json', '[]', '{"c":{"objectsAt":"soon"}}'])(
  'a note that says nothing is none: %s',
  (note) => {
    const observed = new Observed()
    observed.recall(3, note)
    expect(observed.of(3)).toEqual({})
  },
)
