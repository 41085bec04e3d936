import { expect, test } from 'vitest'
import type { State } from '../frame/state.ts'
import { wishArgument, wishFrom } from '../supervisor/collector-wish.ts'
import { collectorWish, mustServe } from './up-collector.ts'

const state = (over: Partial<State>): State => ({
  supervisor: { pid: 1, startedAt: '1' },
  startedAt: 0,
  phase: 'running',
  kafkaBrokers: '',
  databaseUrl: '',
  redisUrl: '',
  topicPrefix: '',
  grpcUrl: '',
  units: [],
  ...over,
})

test('only --collector and --kubeconfig ask for a Collector, and --cluster alone names nothing', () => {
  expect(collectorWish({}, {})).toBeUndefined()
  expect(collectorWish({ collector: true }, {})).toEqual({})
  expect(() => collectorWish({ collector: true, cluster: 'c' }, {})).toThrow('--kubeconfig')
})

test('a wish reaches the supervisor as it is', () => {
  for (const wish of [undefined, {}, { cluster: { name: "a'b c", kubeconfig: '/k' } }])
    expect(wishFrom(wishArgument(wish)[0])).toEqual(wish)
})

test('a running system that lacks what is asked for is not followed in silence', () => {
  const cluster = { name: 'c', kubeconfig: '/k' }
  mustServe(undefined, state({}))
  mustServe({}, state({ collectorUrl: 'http://g' }))
  mustServe({ cluster }, state({ collectorUrl: 'http://g', cluster: 'c' }))
  expect(() => mustServe({}, state({}))).toThrow('without a Collector')
  expect(() => mustServe({ cluster }, state({ collectorUrl: 'http://g' }))).toThrow("cluster 'c'")
})
