import type { EventHead, Signal, Telling } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBundle, encodeChunk } from './encode-chunk.ts'
import { readChunk, readSignals } from './read-signals.ts'
import { anyChunk } from './signals-arbitraries.spec-helper.ts'

const expectTelling = ({ n, at, offset, lastOffset = offset, repeats }: Telling): void => {
  for (const count of [n, repeats]) {
    expect(Number.isSafeInteger(count)).toBe(true)
    expect(count).toBeGreaterThanOrEqual(1)
  }
  for (const place of [offset, lastOffset]) expect(Number.isSafeInteger(place)).toBe(true)
  expect(Number.isFinite(at)).toBe(true)
}

const expectHead = ({ uid, firstAt }: EventHead): void => {
  expect(uid).not.toBe('')
  expect(Number.isFinite(firstAt)).toBe(true)
}

const expectSane = (signal: Signal): void => {
  if (signal.t === 'event') expectHead(signal.event)
  if (signal.t === 'again') expect(signal.uid).not.toBe('')
  if (!('tellings' in signal)) return
  expect(signal.tellings.length).toBeGreaterThanOrEqual(1)
  signal.tellings.forEach(expectTelling)
}

/** Reads what may be broken: it answers, and what it answers can be believed. */
const survives = (value: Buffer): boolean => {
  const parsed = readSignals(value)
  if (!parsed.ok) expect(parsed.why).not.toBe('')
  if (!parsed.ok || parsed.value.kind !== 'chunks') return parsed.ok
  for (const { chunk, raw } of parsed.value.chunks) {
    chunk.signals.forEach(expectSane)
    expect(readChunk(raw)).toEqual({ ok: true, value: chunk })
  }
  return true
}

const change = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('flip', 'set', 'drop', 'insert', 'cut'),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x11, 0x12, 0x2a)),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

const changed = (value: Buffer, { at, kind, byte }: Change): Buffer => {
  const i = value.length === 0 ? 0 : at % value.length
  const [before, after] = [value.subarray(0, i), value.subarray(i)]
  switch (kind) {
    case 'flip':
      return Buffer.concat([
        before,
        Buffer.from([(value[i] ?? 0) ^ (1 << (byte & 7))]),
        after.subarray(1),
      ])
    case 'set':
      return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)])
    case 'drop':
      return Buffer.concat([before, after.subarray(1 + (byte & 15))])
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(1 + (byte & 15), byte), after])
    case 'cut':
      return before
  }
}

const changes = fc.array(change, { minLength: 1, maxLength: 4 })

describe('a value of the topic signals', () => {
  it('that was changed anyhow is read or refused', () => {
    fc.assert(
      fc.property(fc.array(anyChunk, { minLength: 1, maxLength: 2 }), changes, (chunks, by) => {
        survives(by.reduce(changed, encodeBundle(chunks.map((chunk) => encodeChunk(chunk)))))
      }),
      { numRuns: 1500 },
    )
  })

  it('in JSON that was changed anyhow is read or refused', () => {
    fc.assert(
      fc.property(anyChunk, changes, (chunk, by) => {
        survives(by.reduce(changed, Buffer.from(JSON.stringify(chunk))))
      }),
      { numRuns: 500 },
    )
  })

  it('of random bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (value) => void survives(Buffer.from(value))),
      { numRuns: 3000 },
    )
  })

  it('that was cut anywhere is refused, or read as what still stands there', () => {
    fc.assert(
      fc.property(anyChunk, (chunk) => {
        const whole = encodeBundle([encodeChunk(chunk)])
        const step = Math.max(1, Math.floor(whole.length / 200))
        for (let end = 0; end < whole.length; end += step)
          expect(survives(whole.subarray(0, end))).toBe(false)
      }),
      { numRuns: 30 },
    )
  })
})
