import { expect } from 'vitest'
import { readsOf } from './add-ons.spec-helper.ts'

export const window = { start: '2026-11-21T01:00:00Z', end: '2026-11-21T02:00:00Z' }
export const row = (more: object = {}, properties: object = {}): object => ({
  name: 'shop/deployment/web',
  properties: { namespace: 'shop', controller: 'web', controllerKind: 'deployment', ...properties },
  window,
  minutes: 60,
  cpuCost: 1,
  totalCost: 1,
  totalEfficiency: 0.5,
  ...more,
})
export const answer = (...rows: unknown[]): object => ({
  code: 200,
  data: [Object.fromEntries(rows.map((each, i) => [`row-${i}`, each]))],
})
export const only = (...rows: unknown[]) => {
  const reads = readsOf(answer(...rows))
  expect(reads).toHaveLength(1)
  return reads[0]!
}
export const allocationIn = (...rows: unknown[]) => {
  const read = only(...rows)
  if (!read.ok || !('signal' in read) || read.signal.t !== 'cost') throw new Error('no cost')
  return read.signal.allocation
}
