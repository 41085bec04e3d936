import { signals, type SignalChunk } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBundle, encodeChunk } from './encode-chunk.ts'
import { readChunk, readSignals, type SignalsRecord } from './read-signals.ts'
import { anyChunk, chunkAsRead } from './signals-arbitraries.spec-helper.ts'

const read = (value: Buffer): SignalsRecord => {
  const parsed = readSignals(value)
  if (!parsed.ok) throw new Error(parsed.why)
  return parsed.value
}

const chunksOf = (value: Buffer) => {
  const record = read(value)
  if (record.kind !== 'chunks') throw new Error('no chunks')
  return record.chunks
}

const chunk = (more: Partial<SignalChunk> = {}): SignalChunk => ({
  kind: 'chunk',
  cluster: 'lab',
  namespace: 'shop',
  source: { topic: 'otel-logs', partition: 3 },
  signals: [],
  ...more,
})

const saying = (message: string, tellings = 1): SignalChunk =>
  chunk({
    signals: [
      {
        t: 'event',
        event: {
          uid: 'u',
          involved: { kind: 'Pod', namespace: 'shop', name: 'web' },
          reason: 'BackOff',
          type: 'Warning',
          message,
          firstAt: 1,
        },
        tellings: Array.from({ length: tellings }, (_, i) => ({
          n: i + 1,
          at: i,
          offset: i,
          repeats: 1,
        })),
      },
    ],
  })

describe('chunks of signals', () => {
  it('come out of a record as they went in, each readable by itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyChunk, fc.option(fc.string(), { nil: undefined })), {
          minLength: 1,
          maxLength: 4,
        }),
        (written) => {
          const values = written.map(([one, trace]) => encodeChunk(one, trace))
          const found = chunksOf(encodeBundle(values))
          expect(found.map((one) => one.chunk)).toEqual(written.map(([one]) => chunkAsRead(one)))
          expect(found.map(({ traceparent }) => traceparent)).toEqual(
            written.map(([, trace]) => trace),
          )
          for (const [i, { raw }] of found.entries()) {
            expect(raw).toEqual(values[i])
            expect(readChunk(raw)).toEqual({ ok: true, value: found[i]?.chunk })
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([...Array.from({ length: 12 }, (_, i) => (1 << 14) - 60 + i * 10), 1 << 16, 1 << 21])(
    'hold a message of %i bytes',
    (length) => {
      const one = saying('x'.repeat(length))
      expect(chunksOf(encodeBundle([encodeChunk(one)])).map((c) => c.chunk)).toEqual([one])
    },
  )

  it('hold an Event that was told ten thousand times', () => {
    const one = saying('x', 10_000)
    expect(chunksOf(encodeBundle([encodeChunk(one)])).map((c) => c.chunk)).toEqual([one])
  })

  it('are read from JSON, too, and so is progress', () => {
    fc.assert(
      fc.property(anyChunk, (one) => {
        const value = Buffer.from(JSON.stringify(one))
        const [found, ...rest] = chunksOf(value)
        expect(rest).toEqual([])
        const parsed: unknown = JSON.parse(value.toString())
        expect(found).toEqual({ chunk: parsed, raw: value, traceparent: undefined })
        expect(readChunk(value)).toEqual({ ok: true, value: parsed })
      }),
      { numRuns: 100 },
    )
    const progress = {
      kind: 'progress' as const,
      topic: 'otel-logs',
      partitions: 1,
      reports: [],
      writtenAt: 1,
    }
    const value = Buffer.from(JSON.stringify(progress))
    expect(read(value)).toEqual({ kind: 'progress', progress })
    expect(readChunk(value)).toMatchObject({ ok: false })
    expect(signals.schema.safeParse(progress).success).toBe(true)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no chunk', Buffer.from('1200', 'hex')],
    ['a chunk that names nothing', encodeBundle([Buffer.alloc(0)])],
    ['a chunk of no cluster', encodeBundle([encodeChunk(chunk({ cluster: '' }))])],
    [
      'a chunk of no source',
      encodeBundle([encodeChunk(chunk({ source: { topic: '', partition: 0 } }))]),
    ],
    ['a group', Buffer.from('7b7c', 'hex')],
    ['half of JSON', Buffer.from('{"kind":"chunk"')],
    ['JSON of another kind', Buffer.from('{"kind":"other"}')],
    [
      'progress of no year',
      Buffer.from(
        '{"kind":"progress","topic":"otel-logs","partitions":1,"reports":[],"writtenAt":1e300}',
      ),
    ],
  ])('are not found in %s', (_, value) => {
    expect(readSignals(value)).toMatchObject({ ok: false, why: expect.any(String) as unknown })
  })

  const f = (tag: number, ...inner: readonly (string | Buffer)[]): Buffer => {
    const content = Buffer.concat(
      inner.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)),
    )
    return Buffer.concat([Buffer.from([tag, content.length]), content])
  }
  const named = f(0x0a, f(0x0a, '75'))
  const once = '0801'

  it.each([
    ['an Event without a UID', f(0x2a, f(0x0a), f(0x12, once)), 'without a UID'],
    ['no head', f(0x2a, f(0x12, once)), 'nothing is told'],
    ['an Event of which nothing is told', f(0x2a, named), 'nothing is told'],
    ['an Event told no times', f(0x2a, named, f(0x12)), 'told no times'],
    ['a count of 0', f(0x2a, named, f(0x12, '0800')), 'told no times'],
    ['an infinite instant', f(0x2a, named, f(0x12, once, '11000000000000f07f')), 'no calendar'],
    ['an instant that is none', f(0x2a, named, f(0x12, once, '11000000000000f87f')), 'no calendar'],
    ['an instant of no year', f(0x2a, named, f(0x12, once, '119c7500883ce4377e')), 'no calendar'],
    [
      'a beginning that is none',
      f(0x2a, f(0x0a, f(0x0a, '75'), '59000000000000f8ff')),
      'no calendar',
    ],
    ['a count beyond 2^53', f(0x3a, f(0x12, '75'), f(0x1a, '08808080808080808010')), '2^53'],
    ['a place beyond 2^53', f(0x3a, f(0x12, '75'), f(0x1a, once, '18ffffffffffffff7f')), '2^53'],
    ['a UUID of three bytes', f(0x3a, f(0x0a, '010203'), f(0x1a, once)), 'UUID of 3 bytes'],
    ['nobody told again', f(0x3a, f(0x1a, once)), 'no UID'],
    ['nothing told again', f(0x3a, f(0x12, '75')), 'told no times'],
    ['another that is no JSON', f(0x32, '7b'), 'JSON'],
    ['another that is no signal', f(0x32, '7b7d'), ''],
    ['a cluster that is a number', Buffer.from('0801', 'hex'), 'wire type'],
  ])('are refused with %s in them', (_, more, why) => {
    const parsed = readChunk(Buffer.concat([encodeChunk(chunk()), more]))
    expect(parsed).toMatchObject({ ok: false, why: expect.stringContaining(why) as unknown })
  })

  it('may say of repeats that there are none, which is one', () => {
    const again = Buffer.from('3a0b1201751a06080128001805', 'hex')
    expect(readChunk(Buffer.concat([encodeChunk(chunk()), again]))).toMatchObject({
      value: { signals: [{ uid: 'u', tellings: [{ n: 1, at: 0, offset: 5, repeats: 1 }] }] },
    })
  })
})
