import { loadCatalogue } from '@kubesift/adapter-rules'
import type { MetricSignal, Signal } from '@kubesift/contracts'
import { Crossings, MetricWatch } from '@kubesift/core-signal'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Memory } from './memory.ts'
import { MetricReading } from './metric-reading.ts'
import { rawRecord } from './raw-records.spec-helper.ts'

const root = (path: string): string =>
  fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
const watch = new MetricWatch(loadCatalogue(root('rules/problems')).metrics ?? [])

/** A reader of batches, with what it remembers. */
class MetricReader {
  readonly crossings = new Crossings()
  readonly #memory = new Memory(1_024)

  read(batch: readonly { readonly value: Buffer; readonly offset: number }[]): MetricReading {
    const known = { watch, crossings: this.crossings, defaultCluster: 'lab' }
    const reading = new MetricReading(this.#memory, known)
    for (const { value, offset } of batch)
      reading.read(rawRecord(value, { offset, timestamp: Date.UTC(2027, 0) }))
    reading.finish()
    return reading
  }
}

const signalsOf = (reading: MetricReading): readonly (readonly [string, Signal])[] =>
  reading.builder
    .build({ topic: 'otel-metrics', partition: 0 }, 1_000_000)
    .flatMap(({ cluster, namespace, signals }) =>
      signals.map((signal) => [`${cluster}/${namespace}`, signal] as const),
    )

const recorded = gunzipSync(
  readFileSync(root('e2e/recordings/probes-failing/metrics.otlp.jsonl.gz')),
)
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line, offset) => ({ value: Buffer.from(line), offset }))

const AT = Date.UTC(2026, 10, 21, 1)
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const phase = (pod: string, value: number, minute: number, more: object = {}): object => ({
  resource: {
    attributes: [
      text('k8s.cluster.name', 'c'),
      text('k8s.namespace.name', 'shop'),
      text('k8s.pod.name', pod),
    ],
  },
  scopeMetrics: [
    {
      scope: { name: 'x/receiver/k8sclusterreceiver' },
      metrics: [
        {
          name: 'k8s.pod.phase',
          gauge: {
            dataPoints: [
              { asInt: String(value), timeUnixNano: String((AT + minute * 60_000) * 1e6) },
            ],
          },
          ...more,
        },
      ],
    },
  ],
})
const request = (...resourceMetrics: object[]): Buffer =>
  Buffer.from(JSON.stringify({ resourceMetrics }))

describe('a recording of k8s_cluster', () => {
  it('is told as a few crossings, each sample counted for its source', async () => {
    const reading = new MetricReader().read(recorded)
    expect(reading.types.metric + reading.skipped).toBe(667)
    expect([...reading.times.sources()]).toEqual([['k8s_cluster', 667]])
    expect(reading.parked).toEqual([])
    await expect(`${JSON.stringify(signalsOf(reading), null, 2)}\n`).toMatchFileSnapshot(
      root('libs/core/signal/src/golden/k8s-cluster-recorded.signals.json'),
    )
  })

  it('is told the same however it is cut into batches, and nothing when it comes again', () => {
    const whole = signalsOf(new MetricReader().read(recorded))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 10 }), (cuts) => {
        const reader = new MetricReader()
        const edges = [0, ...cuts.sort((a, b) => a - b), recorded.length]
        const told = edges.flatMap((from, i) =>
          signalsOf(reader.read(recorded.slice(from, edges[i + 1] ?? from))),
        )
        expect(told).toEqual(whole)
        // Samples that are older than the newest say nothing that was not said; a breach may be told anew with what is so now.
        const again = signalsOf(reader.read(recorded.slice(-1)))
        expect(again).toEqual([])
      }),
      { numRuns: 30 },
    )
  })
})

/** As the receivers of 0.111.0 write them (names, attributes, scopes); the names of things are made up. */
const fixture = (name: string): { readonly value: Buffer; readonly offset: number }[] =>
  readFileSync(root(`services/context-builder/fixtures/${name}.otlp.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line, offset) => ({ value: Buffer.from(line), offset }))

describe.each(['httpcheck', 'k8s_cluster', 'kubeletstats'])('the receiver %s', (name) => {
  it('is told by the shipped rules as it was before', async () => {
    const reading = new MetricReader().read(fixture(name))
    expect(reading.parked).toEqual([])
    expect(reading.types.unclassified).toBe(0)
    expect([...reading.times.sources()].map(([source]) => source)).toEqual([name])
    const told = `${JSON.stringify(signalsOf(reading), null, 2)}\n`
    await expect(told).toMatchFileSnapshot(
      root(`services/context-builder/src/golden/${name}.signals.json`),
    )
    expect(told).not.toMatch(/s3cret|abcdefgh12345678/)
  })

  it('leaves nothing in breach that is well at last, in whatever order and how often the requests between come', () => {
    const brokenAfter = (batch: typeof requests): ReadonlySet<string> => {
      const newest = new Map<string, MetricSignal>()
      for (const [, signal] of signalsOf(new MetricReader().read(batch))) {
        if (signal.t !== 'metric') continue
        const known = newest.get(signal.metric.id)
        if (known === undefined || signal.at >= known.at) newest.set(signal.metric.id, signal)
      }
      return new Set([...newest].filter(([, { breach }]) => breach).map(([id]) => id))
    }
    const requests = fixture(name)
    const [first, ...between] = requests
    const last = between.pop()
    const inOrder = brokenAfter(requests)
    fc.assert(
      fc.property(fc.shuffledSubarray(between, { minLength: between.length }), (shuffled) => {
        const broken = brokenAfter([first!, ...shuffled, ...shuffled, last!])
        expect([...broken].filter((id) => !inOrder.has(id))).toEqual([])
      }),
      { numRuns: 30 },
    )
  })
})

it('tells nothing of the time of its cluster: only its sources are seen', () => {
  const reading = new MetricReader().read([{ value: request(phase('a', 1, 0)), offset: 0 }])
  const noted = reading.times.clusters.get('c')
  expect(noted).toMatchObject({ eventsAt: -Infinity, arrivedAt: -Infinity, objects: [] })
})

it('parks what cannot be read, and goes on with the rest of the batch and of the request', () => {
  const reader = new MetricReader()
  const bad = phase('b', 1, 0, { gauge: { dataPoints: [{ asInt: 'x' }] } })
  const reading = reader.read([
    { value: Buffer.from([0x0a, 0x7f]), offset: 0 },
    { value: request(bad, phase('a', 1, 0)), offset: 1 },
    { value: request(phase('a', 1, 16)), offset: 2 },
    { value: Buffer.from('{"resourceMetrics":[{]'), offset: 3 },
  ])
  expect(reading.parked.map(({ record, entries }) => [record.offset, entries])).toEqual([
    [0, undefined],
    [1, [0]],
    [3, undefined],
  ])
  const told = signalsOf(reading)
  expect(told).toMatchObject([['c/shop', { t: 'metric', breach: true, offsets: [2] }]])
  expect(told).toMatchObject([['c/shop', { metric: { involved: { name: 'a' } } }]])
})

it('keeps what says not of whom as unclassified, once a record', () => {
  const nobody = { ...phase('a', 1, 0), resource: {} }
  const reading = new MetricReader().read([
    { value: request(nobody, nobody, nobody), offset: 0 },
    { value: request(nobody), offset: 1 },
  ])
  expect(signalsOf(reading)).toMatchObject([
    ['lab/', { t: 'unclassified', offsets: [0] }],
    ['lab/', { t: 'unclassified', offsets: [1] }],
  ])
  expect(reading.types.unclassified).toBe(2)
})

it('skips, and counts, what no rule looks at', () => {
  const other = phase('a', 1, 0, { name: 'my.own.metric' })
  const reading = new MetricReader().read([{ value: request(other), offset: 0 }])
  expect(reading.skipped).toBe(1)
  expect(signalsOf(reading)).toEqual([])
})
