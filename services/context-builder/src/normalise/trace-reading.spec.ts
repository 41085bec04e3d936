import type { PatternSignal, Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Memory } from './memory.ts'
import { rawRecord } from './raw-records.spec-helper.ts'
import { TraceReading } from './trace-reading.ts'

const AT = Date.UTC(2026, 10, 21, 1)
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const requestOf = (spans: readonly object[], resource: readonly object[] = []): Buffer =>
  Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          resource: {
            attributes: [
              text('k8s.namespace.name', 'shop'),
              text('k8s.deployment.name', 'cart'),
              ...resource,
            ],
          },
          scopeSpans: [{ spans }],
        },
      ],
    }),
  )
const failed = (message: string, more: object = {}): object => ({
  name: 'call',
  kind: 3,
  endTimeUnixNano: String(AT * 1e6),
  status: { code: 2, message },
  attributes: [text('server.address', 'db')],
  ...more,
})
const fine = { name: 'fine', kind: 2, endTimeUnixNano: String(AT * 1e6) }

const read = (batch: readonly { readonly value: Buffer; readonly offset: number }[]) => {
  const reading = new TraceReading(new Memory(1_024), 'lab')
  for (const { value, offset } of batch)
    reading.read(rawRecord(value, { offset, timestamp: AT + 1_000 }))
  reading.finish()
  const signals = reading.builder
    .build({ topic: 'otel-traces', partition: 0 }, 1_000_000)
    .flatMap(({ cluster, namespace, signals: all }) =>
      all.map((signal): readonly [string, Signal] => [`${cluster}/${namespace}`, signal]),
    )
  return { reading, signals }
}

it('tells failures and calls, counts every span for its source, and nothing of time', () => {
  const { reading, signals } = read([
    { value: requestOf([failed('a'), fine, failed('a')]), offset: 3 },
    { value: requestOf([fine], [text('k8s.cluster.name', 'c')]), offset: 4 },
  ])
  expect(signals).toMatchObject([
    ['lab/shop', { pattern: { source: 'traces' }, heard: [{ offset: 3, n: 2 }] }],
    ['lab/shop', { pattern: { source: 'calls' }, heard: [{ offset: 3, n: 2 }] }],
  ])
  expect(reading.skipped).toBe(2)
  expect([...reading.times.sources()]).toEqual([['traces', 4]])
  expect(reading.times.clusters.get('c')).toMatchObject({ eventsAt: -Infinity, objects: [] })
})

it('parks what cannot be read and goes on with the rest', () => {
  const { reading, signals } = read([
    { value: Buffer.from([0x0a, 0x7f]), offset: 0 },
    { value: requestOf([{ name: 7 }, failed('a')]), offset: 1 },
    { value: Buffer.from('{"resourceSpans":[{'), offset: 2 },
  ])
  expect(reading.parked.map(({ record, entries }) => [record.offset, entries])).toEqual([
    [0, undefined],
    [1, [0]],
    [2, undefined],
  ])
  expect(signals).toHaveLength(2)
})

it('keeps a failure of nobody as unclassified, once a record', () => {
  const nobody = Buffer.from(
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [failed('a'), failed('b')] }] }] }),
  )
  const { reading, signals } = read([{ value: nobody, offset: 0 }])
  expect(signals).toMatchObject([['lab/', { t: 'unclassified' }]])
  expect(reading.types.unclassified).toBe(1)
})

it('counts the same however the topic is cut into batches', () => {
  const request = fc
    .array(fc.constantFrom(failed('a'), failed('b'), fine), { minLength: 1, maxLength: 4 })
    .map((spans) => requestOf(spans))
  const counts = (batches: readonly (readonly { value: Buffer; offset: number }[])[]) => {
    const sums = new Map<string, number>()
    for (const batch of batches)
      for (const [, signal] of read(batch).signals) {
        const { pattern, heard } = signal as PatternSignal
        for (const { offset, n } of heard)
          sums.set(`${pattern.id} ${offset}`, (sums.get(`${pattern.id} ${offset}`) ?? 0) + n)
      }
    return Object.fromEntries([...sums].sort())
  }
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), fc.nat(6), (requests, cut) => {
      const records = requests.map((value, offset) => ({ value, offset }))
      expect(counts([records.slice(0, cut), records.slice(cut)])).toEqual(counts([records]))
    }),
  )
})
