import { expect } from 'vitest'
import { fromKube } from './from-kube.ts'
import type { ReadOne } from './read.ts'

const AT = { offset: 3, observedAt: Date.parse('2026-11-21T02:00:00Z') }

export const readsOf = (object: unknown): readonly ReadOne[] => {
  const read = fromKube(object, AT)
  return read.ok && 'each' in read ? read.each : [read]
}
export const golden = async (object: unknown, name: string): Promise<string> => {
  const text = `${JSON.stringify(readsOf(object), null, 2)}\n`
  await expect(text).toMatchFileSnapshot(`golden/${name}.signals.json`)
  return text
}
export const meta = (name: string, namespace: string | undefined, more: object = {}): object => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  uid: `uid-${name}`,
  resourceVersion: '7',
  creationTimestamp: '2026-11-21T01:00:00Z',
  ...more,
})
