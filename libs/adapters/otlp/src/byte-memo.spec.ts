import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteMemo, hashOf, Ranges, type Claim } from './byte-memo.ts'

const SLOT_BYTES = 12

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Pieces side by side in one message, with a byte of no account before each. */
const inOne = (pieces: readonly Uint8Array[]): { bytes: Buffer; ranges: Ranges } => {
  const ranges = new Ranges()
  let at = 0
  for (const piece of pieces) {
    expect(ranges.add(at + 1, at + 1 + piece.length)).toBe(true)
    at += 1 + piece.length
  }
  const bytes = Buffer.concat(pieces.flatMap((piece) => [Buffer.from([0xaa]), piece]))
  return { bytes, ranges }
}

const idOf = (pieces: readonly Uint8Array[]): string =>
  pieces.map((piece) => Buffer.from(piece).toString('hex')).join('|')

/** Few bytes, so that pieces are often alike and differ only in where they are cut. */
const pieces = fc.array(
  fc.array(fc.constantFrom(1, 2), { maxLength: 7 }).map((bytes) => Uint8Array.from(bytes)),
  { minLength: 1, maxLength: 8 },
)

type Memo = { memo: ByteMemo; held: Map<number, string>; live: Set<number>; claims: Claim[] }

const step = fc.oneof(
  fc.record({ do: fc.constant('find' as const), pieces, hash: fc.nat(7) }),
  fc.record({ do: fc.constant('claim' as const), pieces, hash: fc.nat(7), busy: fc.nat(255) }),
  fc.record({ do: fc.constant('settle' as const), claim: fc.nat() }),
)

const take = (
  { memo, held, live, claims }: Memo,
  doing: typeof step extends fc.Arbitrary<infer T> ? T : never,
): void => {
  if (doing.do === 'settle') {
    const claim = claims[doing.claim % Math.max(1, claims.length)]
    if (claim === undefined) return
    const newest = claims.findLast(({ slot }) => slot === claim.slot)
    expect(memo.settle(claim)).toBe(newest === claim)
    if (newest === claim) live.add(claim.slot)
    return
  }
  const { bytes, ranges } = inOne(doing.pieces)
  if (doing.do === 'find') {
    const slot = memo.find(viewOf(bytes), ranges, doing.hash)
    if (slot >= 0) expect([held.get(slot), live.has(slot)]).toEqual([idOf(doing.pieces), true])
    return
  }
  const isBusy = (slot: number): boolean => (doing.busy & (1 << slot)) !== 0
  const claim = memo.claim(bytes, ranges, doing.hash, isBusy)
  if (ranges.length > SLOT_BYTES) expect(claim).toBeUndefined()
  if (claim === undefined) return
  expect(isBusy(claim.slot)).toBe(false)
  held.set(claim.slot, idOf(doing.pieces))
  live.delete(claim.slot)
  claims.push(claim)
}

describe('bytes that were seen before', () => {
  it('are never taken for others, whoever shares their slot, and no busy slot is given away', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 8), fc.array(step, { maxLength: 40 }), (slots, steps) => {
        const memo = new ByteMemo(slots, SLOT_BYTES)
        const state: Memo = { memo, held: new Map(), live: new Set(), claims: [] }
        for (const doing of steps) take(state, doing)
      }),
      { numRuns: 3000 },
    )
  })

  it('are found from when something is known of them, and two of one hash are kept side by side', () => {
    const memo = new ByteMemo(4, SLOT_BYTES)
    const kept = [[Uint8Array.of(1, 2)], [Uint8Array.of(1, 3)]].map((one) => {
      const { bytes, ranges } = inOne(one)
      const find = (): number => memo.find(viewOf(bytes), ranges, 1)
      expect(find()).toBe(-1)
      const claim = memo.claim(bytes, ranges, 1)
      expect(find()).toBe(-1)
      expect(claim !== undefined && memo.settle(claim)).toBe(true)
      expect(find()).toBe(claim?.slot)
      return { find, slot: claim?.slot }
    })
    for (const { find, slot } of kept) expect(find()).toBe(slot)
    expect(new Set(kept.map(({ slot }) => slot)).size).toBe(2)
  })

  it('of a slot that was given away more often than a number counts still tell their claims apart', () => {
    const memo = new ByteMemo(2, SLOT_BYTES)
    const { bytes, ranges } = inOne([Uint8Array.of(1)])
    const first = memo.claim(bytes, ranges, 0, (slot) => slot === 1)
    for (let i = 0; i < 70_000; i += 1) memo.claim(bytes, ranges, 0, (slot) => slot === 1)
    expect(first !== undefined && memo.settle(first)).toBe(false)
  })

  it('are hashed to their last byte, where they are no more than that', () => {
    for (const length of [4, 5, 6, 7, 10, 39, 48]) {
      const hashes = Array.from({ length: 100 }, (_, i) =>
        hashOf(viewOf(Buffer.from(String(i).padStart(length, '-'))), 0, length),
      )
      expect(new Set(hashes).size).toBeGreaterThan(95)
    }
  })

  it('are hashed without a look beyond them', () => {
    const whole = Buffer.alloc(64, 7)
    for (let length = 0; length <= 64; length += 1) {
      const hash = hashOf(viewOf(whole), 64 - length, length)
      const alone = Buffer.alloc(length, 7)
      expect(hash).toBe(hashOf(viewOf(alone), 0, length))
      expect(hash).toBeGreaterThanOrEqual(0)
    }
  })
})
