import { ContractViolation, DependencyUnavailable } from '@kubesift/contracts'
import type { KafkaMessage } from 'kafkajs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonOf } from './records.ts'
import { runSlice, type SliceWorker } from './slice.ts'
import { thingsTopic, type Thing } from './testing/things.ts'

const contract = thingsTopic()

const message = (offset: number, value: string | null): KafkaMessage => ({
  key: null,
  value: value === null ? null : Buffer.from(value),
  offset: String(offset),
  timestamp: '0',
  attributes: 0,
  headers: {},
})

const kinds = ['good', 'broken', 'tombstone', 'hopeless'] as const
type Kind = (typeof kinds)[number]

const valueOf = (kind: Kind, n: number): string | null =>
  kind === 'tombstone' ? null : kind === 'broken' ? '{' : JSON.stringify({ id: kind, n })

const ran = async (slice: readonly Kind[], fail: (thing: Thing) => Error | undefined) => {
  const done: number[] = []
  const parked: number[] = []
  const worker: SliceWorker<Thing> = {
    topic: 'things',
    named: 'things',
    group: 'g',
    decode: jsonOf(contract),
    handle: async ({ records, lastOffset }) => {
      for (const { value } of records) {
        if (value.id === 'hopeless') throw new ContractViolation('hopeless')
        const failure = fail(value)
        if (failure !== undefined) throw failure
      }
      done.push(...records.map(({ offset }) => offset))
      return { through: lastOffset }
    },
    park: async (_, letters) => void parked.push(...letters.map(({ record }) => record.offset)),
  }
  const messages = slice.map((kind, n) => message(n, valueOf(kind, n)))
  const result = await runSlice(worker, {
    partition: 0,
    messages,
    highWatermark: slice.length,
    isStale: () => false,
  })
  return { result, done, parked: parked.sort((a, b) => a - b) }
}

const offsetsOf = (slice: readonly Kind[], ...wanted: Kind[]): number[] =>
  slice.flatMap((kind, n) => (wanted.includes(kind) ? [n] : []))

test('every readable record is handled, every other one but tombstones is parked, each once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...kinds), { minLength: 1 }), async (slice) => {
      const { result, done, parked } = await ran(slice, () => undefined)
      expect(result).toEqual({ through: slice.length - 1 })
      expect(done).toEqual(offsetsOf(slice, 'good'))
      expect(parked).toEqual(offsetsOf(slice, 'broken', 'hopeless'))
    }),
  )
})

test('a dependency that goes away leaves everything from its record on for later, and parks nothing of that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...kinds), { minLength: 1 }),
      fc.nat(),
      async (slice, pick) => {
        const good = offsetsOf(slice, 'good')
        const at = good[pick % Math.max(1, good.length)]
        const away = new DependencyUnavailable('away')
        const { result, parked } = await ran(slice, ({ n }) => (n === at ? away : undefined))
        if (at === undefined) return
        expect(result.failure).toBe(away)
        expect(result.through ?? -1).toBeLessThan(at)
        for (const offset of parked) expect(offset).toBeLessThanOrEqual(result.through ?? -1)
      },
    ),
  )
})

test('what cannot even be parked is not passed over', async () => {
  const away = new DependencyUnavailable('kafka is away')
  const worker: SliceWorker<Thing> = {
    topic: 'things',
    named: 'things',
    group: 'g',
    decode: jsonOf(contract),
    handle: ({ lastOffset }) => Promise.resolve({ through: lastOffset }),
    park: () => Promise.reject(away),
  }
  const slice = { partition: 0, highWatermark: 1, isStale: () => false }
  const result = await runSlice(worker, { ...slice, messages: [message(0, '{')] })
  expect(result).toEqual({ through: undefined, failure: away })
})
