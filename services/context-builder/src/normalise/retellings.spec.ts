import type { Telling } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Retellings } from './retellings.ts'

const SLOTS = 6
const placeOf = (slot: number): number => slot % 3

interface Added {
  readonly slot: number
  readonly n: number
  readonly at: number
}

const added = fc.record({ slot: fc.nat(SLOTS - 1), n: fc.nat(2), at: fc.nat(1) })
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ keep: fc.boolean(), rows: fc.array(added, { maxLength: 8 }) }),
  },
  { weight: 1, arbitrary: fc.constant('clear' as const) },
)

/** The same, with nothing but lists. */
class Naive {
  readonly told = new Map<number, Telling[]>()
  readonly taken: [number, number][] = []
  folded = 0
  rows = 0

  keep(rows: readonly (Added & { offset: number })[]): void {
    for (const { slot, n, at, offset } of rows) {
      const list = this.told.get(slot) ?? []
      this.told.set(slot, list)
      const last = list.at(-1)
      if (last?.n === n && last.at === at) {
        list[list.length - 1] = { ...last, lastOffset: offset, repeats: last.repeats + 1 }
        this.folded += 1
        continue
      }
      list.push({ n, at, offset, lastOffset: offset, repeats: 1 })
      this.taken.push([slot, at])
      this.rows += 1
    }
  }

  clear(): void {
    this.told.clear()
    this.folded = 0
    this.rows = 0
  }
}

const toldBy = (retellings: Retellings): Map<number, Telling[]> => {
  const told = new Map<number, Telling[]>()
  for (const place of retellings.places) {
    for (const slot of retellings.slotsOf(place)) {
      expect(placeOf(slot)).toBe(place)
      expect(told.has(slot)).toBe(false)
      const list: Telling[] = []
      retellings.forEach(slot, (telling) => list.push({ ...telling }))
      told.set(slot, list)
    }
  }
  return told
}

const bySlot = (told: Map<number, Telling[]>) => [...told].sort(([a], [b]) => a - b)

describe('what a batch tells again', () => {
  it('is what was kept of it, folded, by place and slot and in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const retellings = new Retellings(SLOTS)
        const naive = new Naive()
        const taken: [number, number][] = []
        let offset = 0
        for (const doing of steps) {
          if (doing === 'clear') {
            retellings.clear()
            naive.clear()
          } else {
            const rows = doing.rows.map((row) => ({ ...row, offset: offset++ }))
            for (const { slot, n, at, offset: from } of rows) retellings.add(slot, n, at, from)
            const open = new Set([...naive.told.keys(), ...rows.map(({ slot }) => slot)])
            for (let slot = 0; slot < SLOTS; slot += 1)
              expect(retellings.isTold(slot)).toBe(open.has(slot))
            if (doing.keep) {
              naive.keep(rows)
              retellings.keep((slot, at) => {
                taken.push([slot, at])
                return placeOf(slot)
              })
            } else retellings.drop()
          }
          expect(bySlot(toldBy(retellings))).toEqual(bySlot(naive.told))
          for (let slot = 0; slot < SLOTS; slot += 1)
            expect(retellings.isTold(slot)).toBe(naive.told.has(slot))
          expect(retellings.folded).toBe(naive.folded)
          expect(retellings.count).toBe(naive.rows + naive.folded)
          expect(taken).toEqual(naive.taken)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('may be more than there was room for, in one request or in many', () => {
    const retellings = new Retellings(SLOTS)
    const naive = new Naive()
    let offset = 2 ** 40
    for (const size of [5_000, 1, 9_000, 20_000]) {
      const rows = Array.from({ length: size }, (_, i) => {
        offset += 1
        return { slot: i % SLOTS, n: i % 1000, at: 1_795_223_321_000.25 + i, offset }
      })
      for (const { slot, n, at, offset: from } of rows) retellings.add(slot, n, at, from)
      if (size === 1) {
        retellings.drop()
        continue
      }
      naive.keep(rows)
      retellings.keep(placeOf)
    }
    expect(bySlot(toldBy(retellings))).toEqual(bySlot(naive.told))
    retellings.clear()
    expect([...retellings.places]).toEqual([])
  })
})
