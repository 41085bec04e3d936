import { expect, test } from 'vitest'
import { slimObject } from './slim-object.ts'

test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
  'a kind named like what every object has, %s, is a kind like any other',
  (kind) => {
    const slim = slimObject({ kind, metadata: { name: 'x', uid: 'u', namespace: 'n' } })
    expect(slim).toMatchObject({ kind, name: 'x', uid: 'u' })
    expect(slim).not.toHaveProperty('workload')
  },
)

test('what a pod needs is bounded, whatever it says', () => {
  const env = (i: number) =>
    Array.from({ length: 128 }, (_, j) => ({
      valueFrom: { configMapKeyRef: { name: `${i}-${j}-`.padEnd(250, 'x') } },
    }))
  const containers = Array.from({ length: 32 }, (_, i) => ({ name: `c${i}`, env: env(i) }))
  const slim = slimObject({ kind: 'Pod', metadata: { name: 'x', uid: 'u' }, spec: { containers } })
  expect(slim?.pod?.configMaps).toHaveLength(64)
  expect(JSON.stringify(slim).length).toBeLessThan(100_000)
})
