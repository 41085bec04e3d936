import { OtlpUnreadable, readLogs } from '@kubesift/adapter-otlp'
import { TOLD_WHOLE_EVERY_MS, type Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CLUSTER, Listener, Normaliser, Told, toldInFull } from './listener.spec-helper.ts'
import { Memory } from './memory.ts'
import {
  jsonOf,
  k8sEvent,
  rawRecord,
  requestOf,
  strange,
  type Raw,
  type Said,
} from './raw-records.spec-helper.ts'

const AT = Date.UTC(2026, 10, 21, 1)
const START = '2026-11-21 01:00:00 +0000 UTC'
const UIDS = Array.from({ length: 6 }, (_, i) => `708c639e-24d6-4f72-b890-3537f4b546a${i}`)

/** What does not change of each Event: some have odd names, one combines, one has no beginning, one a cluster, one a long text. */
const heads: readonly Said[] = [
  ...UIDS.map((uid, i) => ({ uid, namespace: `n${i % 2}`, start: START, message: `text ${i}` })),
  { uid: 'no uuid at all', namespace: 'n0', start: START, message: 'odd' },
  { uid: 'u'.repeat(200), namespace: 'n1', start: START, message: 'long name' },
  { uid: 'began-never', namespace: 'n0', message: 'no beginning' },
  { uid: 'begins-late', namespace: 'n0', start: '2026-11-21 03:00:00 +0000 UTC', message: 'late' },
  { uid: 'elsewhere', cluster: 'c', namespace: 'n0', start: START, message: 'elsewhere' },
  { uid: 'large', namespace: 'n1', start: START, message: 'é'.repeat(500) },
  { uid: 'combined', namespace: 'n1', start: START, message: '(combined from similar events): ' },
]

const said = fc
  .record({
    head: fc.nat(heads.length - 1),
    count: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 130 }) },
      fc.constantFrom(undefined, 0, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 40),
    ),
    at: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(AT, AT + 1000, AT + 1000.25) },
      fc.constantFrom(undefined, AT - 60_000, AT + 7 * 86_400_000),
    ),
    version: fc.constantFrom('1000', '1001', '10000'),
  })
  .map(({ head, ...rest }): Said => {
    const fixed = heads[head]!
    const more = fixed.message.startsWith('(') ? String(rest.count) : ''
    return { ...fixed, ...rest, message: fixed.message + more }
  })

const group = fc.oneof(
  { weight: 15, arbitrary: said.map(k8sEvent) },
  { weight: 1, arbitrary: fc.constant(strange()) },
)
const groups = fc.array(group, { minLength: 1, maxLength: 5 })

/** A record that is no OTLP after a good beginning. */
const poisoned = groups.map((some) => Buffer.concat([requestOf(some), Buffer.from([0x0a, 0x7f])]))
/** A good request with one bad record in it. */
const halfBad = groups.map((some) =>
  Buffer.concat([requestOf(some), Buffer.from('0a06120412020900', 'hex')]),
)

const raw = fc.record({
  value: fc.oneof(
    { weight: 10, arbitrary: groups.map(requestOf) },
    { weight: 1, arbitrary: poisoned },
    { weight: 1, arbitrary: halfBad },
    { weight: 1, arbitrary: groups.map(jsonOf) },
  ),
  trace: fc.option(fc.constantFrom('trace-a', 'trace-b'), { nil: undefined }),
})

const batch = fc.record({
  records: fc.array(raw, { minLength: 1, maxLength: 5 }),
  later: fc.constantFrom(0, 1000, 5 * 60_000, TOLD_WHOLE_EVERY_MS, -60_000),
  durable: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
})

const recordsOf = (
  records: readonly { value: Buffer; trace: string | undefined }[],
  first: number,
  timestamp: number,
): Raw[] =>
  records.map(({ value, trace }, i) =>
    rawRecord(value, { offset: first + i, timestamp, traceparent: trace }),
  )

/** Which places a record tells of, by a full reading. */
const placesOf = (record: Raw): Set<string> => {
  const { left, others } = toldInFull([record])
  return new Set([...left.keys(), ...others.keys()].map((id) => id.slice(0, id.indexOf(' '))))
}

const parkedOf = (records: readonly Raw[]): [number, readonly number[] | undefined][] =>
  records.flatMap((record): [number, readonly number[] | undefined][] => {
    try {
      const { bad } = readLogs(record.value)
      return bad.length === 0 ? [] : [[record.offset, bad.map(({ index }) => index)]]
    } catch (error) {
      if (!(error instanceof OtlpUnreadable)) throw error
      return [[record.offset, undefined]]
    }
  })

const expectTraces = (
  chunks: readonly {
    chunk: { cluster: string; namespace: string }
    traceparent: string | undefined
  }[],
  records: readonly Raw[],
): void => {
  for (const { chunk, traceparent } of chunks) {
    const place = `${chunk.cluster}/${chunk.namespace}`
    const traces = records
      .filter((record) => placesOf(record).has(place))
      .map((record) => record.traceparent)
    if (traces[0] !== undefined) expect(traceparent).toBe(traces[0])
    else expect(traces).toContain(traceparent)
  }
}

const isTold = (signal: Signal): string | undefined =>
  signal.t === 'event' ? signal.event.uid : undefined

describe('batches of raw records', () => {
  it('are told in full to who listens from the beginning, whatever failed in between', () => {
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(2, 4, 1024),
        fc.constantFrom(200, 3_000, 256_000),
        (batches, slots, maxBytes) => {
          const normaliser = new Normaliser(new Memory(slots), maxBytes)
          const listener = new Listener()
          let offset = 0
          let now = AT + 10_000
          for (const { records: values, later, durable } of batches) {
            now += later
            const records = recordsOf(values, offset, now)
            const { reading, chunks, sizes, bundleSizes, published } = normaliser.read(records)
            const expected = toldInFull(records)
            const told = new Told()
            for (const { chunk } of chunks)
              for (const signal of chunk.signals) told.take(chunk.cluster, chunk.namespace, signal)
            expect(told.left).toEqual(expected.left)
            expect(told.others).toEqual(expected.others)
            for (const [uid, some] of told.heads)
              for (const head of some) expect(expected.heads.get(uid)).toContain(head)
            for (const [cluster, at] of expected.eventsAt)
              expect(reading.times.clusters.get(cluster)?.eventsAt).toBe(at)
            expect(reading.parked.map((p) => [p.record.offset, p.entries])).toEqual(
              parkedOf(records),
            )
            expectTraces(chunks, records)
            for (const size of sizes) expect(size).toBeLessThanOrEqual(maxBytes + 2_200)
            for (const { bytes, chunks: held } of bundleSizes)
              if (held > 1) expect(bytes).toBeLessThanOrEqual(maxBytes + 6 * held)
            // A batch that could not be published comes again.
            if (!durable) continue
            listener.take(chunks, now)
            published()
            offset += records.length
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('that tell an Event again say no more than how often and when', () => {
    const normaliser = new Normaliser(new Memory(16), 256_000)
    const read = (count: number, timestamp: number) => {
      const value = requestOf([k8sEvent({ ...heads[0]!, count, at: AT + count })])
      const done = normaliser.read([rawRecord(value, { offset: count, timestamp })])
      return { ...done, kinds: done.chunks.flatMap(({ chunk }) => chunk.signals.map((s) => s.t)) }
    }
    const first = read(1, AT)
    expect(first.kinds).toEqual(['event'])
    const unpublished = read(2, AT)
    expect(unpublished.kinds).toEqual(['event'])
    unpublished.published()
    const again = read(3, AT + TOLD_WHOLE_EVERY_MS - 1)
    expect(again.chunks[0]?.chunk).toEqual({
      kind: 'chunk',
      cluster: DEFAULT_CLUSTER,
      namespace: 'n0',
      source: { topic: 'otel-logs', partition: 1 },
      signals: [
        { t: 'again', uid: UIDS[0], tellings: [{ n: 3, at: AT + 3, offset: 3, repeats: 1 }] },
      ],
    })
    expect(again.sizes).toEqual([expect.any(Number)])
    again.published()
    const whole = read(4, AT + TOLD_WHOLE_EVERY_MS)
    expect(whole.kinds).toEqual(['event'])
    whole.published()
    expect(read(5, AT + 2 * TOLD_WHOLE_EVERY_MS - 1).kinds).toEqual(['again'])
  })

  it('that need many chunks tell each Event whole before they tell it again', () => {
    const normaliser = new Normaliser(new Memory(1024), 2_000)
    const events = Array.from({ length: 40 }, (_, i): Said => ({
      uid: `many-${i}`,
      namespace: 'n',
      start: START,
      message: 'x'.repeat(100),
      at: AT,
    }))
    const records = [1, 2, 3].map((count) =>
      rawRecord(requestOf(events.map((event) => k8sEvent({ ...event, count, at: AT + count })))),
    )
    const { chunks, sizes } = normaliser.read(records)
    expect(sizes.length).toBeGreaterThan(5)
    new Listener().take(chunks, 0)
    const told = chunks.flatMap(({ chunk }) => chunk.signals.map(isTold)).filter(Boolean)
    expect(new Set(told).size).toBe(40)
  })

  it('are cut into chunks by what they take, whatever script their texts are written in', () => {
    const normaliser = new Normaliser(new Memory(1024), 20_000)
    const events = Array.from({ length: 40 }, (_, i): Said => ({
      uid: `wide-${i}`,
      namespace: 'n',
      start: START,
      message: '語'.repeat(1000),
      at: AT,
    }))
    const { sizes } = normaliser.read([rawRecord(requestOf(events.map(k8sEvent)))])
    for (const size of sizes) expect(size).toBeLessThanOrEqual(20_000 + 3_500)
  })

  it('may tell an Event under two texts in turns: that of the highest count is known in the end', () => {
    const turn = fc.record({ text: fc.nat(1), count: fc.integer({ min: 1, max: 100 }) })
    fc.assert(
      fc.property(
        fc.array(fc.array(turn, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
        (turns) => {
          const normaliser = new Normaliser(new Memory(1024), 256_000)
          const listener = new Listener()
          let top = 0
          const best = new Set<string>()
          for (const some of turns) {
            const records = some.map(({ text, count }) => {
              const message = `text ${text}`
              if (count > top) best.clear()
              if (count >= top) best.add(message)
              top = Math.max(top, count)
              return rawRecord(requestOf([k8sEvent({ ...heads[0]!, message, count, at: AT })]))
            })
            const { chunks, published } = normaliser.read(records)
            listener.take(chunks, 0)
            published()
            expect(best).toContain(listener.headOf(UIDS[0]!)?.message)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
