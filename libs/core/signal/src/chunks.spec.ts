import type { EventHead, EventSignal } from '@kubesift/contracts'
import { expect, test } from 'vitest'
import { ChunkBuilder } from './chunks.ts'

const event = (more: Partial<EventHead> = {}): EventSignal => ({
  t: 'event',
  event: {
    uid: 'u',
    involved: { kind: 'Pod', namespace: 'n', name: 'web', uid: 'p' },
    reason: 'BackOff',
    type: 'Warning',
    message: 'm',
    firstAt: 1,
    ...more,
  },
  tellings: [{ n: 1, at: 1, offset: 1, repeats: 1 }],
})

const built = (...added: readonly (readonly [string, string, EventSignal])[]) => {
  const builder = new ChunkBuilder()
  for (const [cluster, namespace, signal] of added) builder.add(cluster, namespace, signal)
  return builder.build({ topic: 'otel-logs', partition: 0 }, 100_000)
}

test('an Event that says anything else is told beside the first, and is not taken for it', () => {
  const { involved } = event().event
  const heads = [
    event(),
    event({ involved: { ...involved, name: 'db' } }),
    event({ involved: { ...involved, fieldPath: 'spec.containers{web}' } }),
    event({ component: 'kubelet' }),
    event({ host: 'node-1' }),
    event({ reason: 'Back Off', type: 'Warning' }),
    event({ reason: 'Off', type: 'Warning Back' }),
  ]
  const [chunk] = built(...heads.map((signal) => ['c', 'n', signal] as const))
  expect(chunk?.signals).toEqual(heads)
})

test('one that says the same is told once, with the offsets of both', () => {
  const [chunk] = built(['c', 'n', event()], ['c', 'n', event()])
  expect(chunk?.signals).toMatchObject([{ tellings: [{ repeats: 2, lastOffset: 1 }] }])
})

test('names that hold a line feed stay what they are', () => {
  const chunks = built(['a\nb', 'c', event()], ['a', 'b\nc', event()])
  expect(chunks.map(({ cluster, namespace }) => [cluster, namespace])).toEqual([
    ['a\nb', 'c'],
    ['a', 'b\nc'],
  ])
})
