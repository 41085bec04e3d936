import { WireCursor } from '@kubesift/adapter-otlp'
import type { EventHead } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeHead } from './encode-chunk.ts'
import { HeadMemo } from './head-memo.ts'
import { anyHead, headAsRead } from './signals-arbitraries.spec-helper.ts'
import { UuidMemo } from './uuid-memo.ts'

const readHead = (memo: HeadMemo, bytes: Buffer): EventHead => {
  const cursor = WireCursor.of(bytes)
  const head = memo.read(cursor, bytes.length)
  expect(cursor.pos).toBe(bytes.length)
  return head
}

describe('the heads of Events', () => {
  const memo = new HeadMemo()

  it('are read as they are, whichever were read before', () => {
    fc.assert(
      fc.property(fc.array(anyHead, { maxLength: 8 }), (heads) => {
        for (const head of [...heads, ...heads])
          expect(readHead(memo, encodeHead(head))).toEqual(headAsRead(head))
      }),
      { numRuns: 300 },
    )
  })

  it('that differ only where nobody hashes them are kept apart', () => {
    const uid = 'u'.repeat(60)
    const heads = ['a', 'b', 'c', 'd'].map((message): EventHead => ({
      uid,
      involved: { kind: 'Pod', namespace: 'n', name: 'web' },
      reason: 'BackOff',
      type: 'Warning',
      message,
      firstAt: 1,
    }))
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 30 }), (order) => {
        for (const i of order) expect(readHead(memo, encodeHead(heads[i]!))).toEqual(heads[i])
      }),
    )
  })

  it('are the same object as long as they are the same bytes, and another for others', () => {
    const head: EventHead = {
      uid: 'same',
      involved: { kind: 'Pod', namespace: 'n', name: 'web' },
      reason: 'BackOff',
      type: 'Warning',
      message: 'm',
      firstAt: 1,
    }
    const first = readHead(memo, encodeHead(head))
    expect(readHead(memo, encodeHead(head))).toBe(first)
    expect(readHead(memo, encodeHead({ ...head, firstAt: 2 }))).not.toBe(first)
    const large = { ...head, message: 'x'.repeat(2000) }
    expect(readHead(memo, encodeHead(large))).toEqual(large)
    expect(readHead(memo, encodeHead(large))).toEqual(large)
  })

  it('that cannot be read are not kept', () => {
    const broken = Buffer.from('120350', 'hex')
    for (let i = 0; i < 3; i += 1) expect(() => readHead(memo, broken)).toThrow('unreadable')
  })
})

describe('the UUIDs', () => {
  const memo = new UuidMemo()
  const read = (hex: string): string => {
    const bytes = Buffer.from(hex, 'hex')
    return memo.read(WireCursor.of(bytes), bytes.length)
  }

  it('are written as they are, however many there were before', () => {
    let state = 1
    const next = (): number => (state = Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    for (let i = 0; i < 150_000; i += 1) {
      const hex = Array.from({ length: 4 }, () => next().toString(16).padStart(8, '0')).join('')
      expect(read(hex).replaceAll('-', '')).toBe(hex)
    }
  })

  it('have the form that Kubernetes gives them, and sixteen bytes', () => {
    expect(read('708c639e24d64f72b8903537f4b546a6')).toBe('708c639e-24d6-4f72-b890-3537f4b546a6')
    expect(() => read('708c63')).toThrow('a UUID of 3 bytes')
    expect(() => read('')).toThrow('a UUID of 0 bytes')
  })
})
