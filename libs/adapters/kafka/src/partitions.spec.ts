import { expect, test } from 'vitest'
import { PartitionState } from './partitions.ts'

const located = (next: number, end: number): PartitionState => {
  const state = new PartitionState(0)
  state.located = true
  state.next = next
  state.end = end
  return state
}

test('a partition that is read to its end lags by nothing, however old its last record is', () => {
  const state = located(5, 5)
  state.sawEnd(5, 1_000)
  expect(state.lagMs(900_000)).toBe(0)
})

test('what is fetched and not handled lags since it was written', () => {
  const state = located(5, 9)
  state.fetched(10_000)
  state.sawEnd(9, 60_000)
  expect(state.lagMs(70_000)).toBe(60_000)
})

test('what is not fetched lags since its end was first seen beyond, not since the last was', () => {
  const state = located(5, 5)
  state.sawEnd(5, 1_000)
  state.sawEnd(9, 60_000)
  state.sawEnd(12, 62_000)
  expect(state.lagMs(63_000)).toBe(3_000)
})

test('each step begins the wait anew: it is that of the next record', () => {
  const state = located(5, 9)
  state.fetched(10_000)
  state.advance(7)
  state.sawEnd(9, 61_000)
  expect(state.lagMs(62_000)).toBe(1_000)
  state.fetched(50_000)
  expect(state.lagMs(62_000)).toBe(12_000)
  state.advance(9)
  expect(state.lagMs(62_000)).toBe(0)
})

test('a retry of the same place does not forget how long it has waited', () => {
  const state = located(5, 9)
  state.fetched(10_000)
  state.advance(5)
  expect(state.lagMs(20_000)).toBe(10_000)
})

test('a record from the future lags by nothing', () => {
  const state = located(5, 9)
  state.fetched(30_000)
  expect(state.lagMs(20_000)).toBe(0)
})
