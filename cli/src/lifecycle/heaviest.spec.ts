import { encodeBundle, encodeChunk, readSignals } from '@kubesift/adapter-signals'
import { namespaceKey, type Signal, type SignalChunk } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import { heaviestOf, heaviestText, recordsByNamespace } from './heaviest.ts'

const again = (repeats: readonly number[]): Signal => ({
  t: 'again',
  uid: '0d5b1f1e-0000-4000-8000-000000000001',
  tellings: repeats.map((n, i) => ({ n: i + 1, at: 1_795_000_000_000, offset: i, repeats: n })),
})

const chunk = (namespace: string, ...signals: Signal[]): SignalChunk => ({
  kind: 'chunk',
  cluster: 'c',
  namespace,
  source: { topic: 'otel-logs', partition: 0 },
  signals,
})

const toldIn = (...chunks: SignalChunk[]): ReadonlyMap<string, number> => {
  const read = readSignals(encodeBundle(chunks.map((one) => encodeChunk(one))))
  if (!read.ok) throw new Error(read.why)
  return recordsByNamespace(read.value)
}

describe('the records that a record of signals tells of', () => {
  test('are counted by namespace, repeats and all', () => {
    const told = toldIn(chunk('a', again([3, 1]), again([1])), chunk('b', again([2])))
    expect([...told]).toEqual([
      ['c/a', 5],
      ['c/b', 2],
    ])
  })

  test('are none where it is progress', () => {
    const progress = { kind: 'progress', topic: 'x', partitions: 1, writtenAt: 1, reports: [] }
    const read = readSignals(Buffer.from(JSON.stringify(progress)))
    if (!read.ok) throw new Error(read.why)
    expect([...recordsByNamespace(read.value)]).toEqual([])
  })
})

describe('the heaviest namespace', () => {
  const sample = (written: number, read: number, records: Record<string, number>) => ({
    written,
    read,
    records: new Map(Object.entries(records)),
  })

  test('is that with most records, a partition that was read in part taken for the whole', () => {
    const found = heaviestOf([
      sample(1_000, 100, { 'c/a': 90, 'c/b': 10 }),
      sample(50, 50, { 'c/z': 300 }),
    ])
    expect(found).toEqual({ namespace: 'c/a', share: 900 / 1_300, records: 1_300 })
  })

  test('is nothing where nothing was told', () => {
    expect(heaviestOf([sample(5, 5, {})])).toBeUndefined()
    expect(heaviestText(heaviestOf([]))).toEqual([])
  })

  test('is told with its share, and without what a terminal would obey', () => {
    const namespace = namespaceKey('c', '\u001b[31m')
    const [line] = heaviestText({ namespace, share: 0.904, records: 12_345 })
    expect(line).toContain('90 % of about 12,345 records')
    expect(line).not.toContain('\u001b')
  })

  test.each([
    ['a place with a slash and a space', 'eu west/1', 'shop', 'eu west/1/shop'],
    ['the cluster as a whole', 'lab', '', 'lab, outside all namespaces'],
  ])('is named as people know it: %s', (_, cluster, namespace, shown) => {
    const found = { namespace: namespaceKey(cluster, namespace), share: 1, records: 1 }
    expect(heaviestText(found)[0]).toContain(`: ${shown}: `)
  })
})
