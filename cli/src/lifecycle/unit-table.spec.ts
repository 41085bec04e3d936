import { expect, test } from 'vitest'
import type { State } from '../frame/state.ts'
import { unitLag } from './group-lags.ts'
import { unitTable } from './unit-table.ts'

const state = {
  units: ['normalise', 'assemble'].map((name) => ({
    name,
    kind: 'service',
    status: 'ready',
    pid: 7,
    restarts: 0,
    since: 0,
  })),
} as unknown as State

const of = (partition: number, records: number, seconds?: number) => ({
  topic: 'signals',
  partition,
  records,
  ...(seconds === undefined ? {} : { seconds }),
})

test('a lag is the sum of the records and the age of the oldest', () => {
  expect(unitLag([of(1, 5, 2.4), of(7, 10, 61)])).toEqual({
    records: 15,
    seconds: 61,
    partitions: [of(7, 10, 61), of(1, 5, 2)],
  })
  expect(unitLag([])).toEqual({ records: 0, seconds: 0, partitions: [] })
})

test('how old it is, is not said where one of the partitions did not tell', () => {
  expect(unitLag([of(1, 5), of(7, 10, 61)])).toEqual({
    records: 15,
    partitions: [of(7, 10, 61), of(1, 5)],
  })
})

test('the table shows records and time, and which partition is behind once it is slow', () => {
  const lags = new Map([
    ['assemble', unitLag([of(1, 5, 12), of(3, 1, 2), of(7, 1_200, 61)])],
    ['normalise', unitLag([of(2, 3, 9)])],
  ])
  const [head, normalise, assemble, behind, ...more] = unitTable(state, 0, lags).split('\n')
  expect(head).toMatch(/LAG +BEHIND/)
  expect(normalise).toMatch(/ 3 +9 s /)
  expect(assemble).toMatch(/ 1206 +1 min /)
  expect(behind).toBe(
    '  behind: 1,200 records of partition 7 of signals waiting for 1 min, and 1 partition more',
  )
  expect(more).toEqual([])
})

test('what was not learnt is a dash, not nothing', () => {
  expect(unitTable(state, 0).split('\n')[1]).toMatch(/7 +- +- +-$/)
})
