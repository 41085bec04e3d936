import type { Telling } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leftBy } from './listener.spec-helper.ts'
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

const withoutRepeats = (tellings: readonly Telling[]): number =>
  tellings.filter(({ n, at }, i) => tellings[i - 1]?.n !== n || tellings[i - 1]?.at !== at).length

describe('what a batch tells again', () => {
  it('is what was kept of it, exact repeats folded, by place and slot and in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const retellings = new Retellings(SLOTS, () => true)
        const naive = new Naive()
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
              retellings.keep(placeOf)
            } else retellings.drop()
          }
          expect(bySlot(toldBy(retellings))).toEqual(bySlot(naive.told))
          for (let slot = 0; slot < SLOTS; slot += 1)
            expect(retellings.isTold(slot)).toBe(naive.told.has(slot))
          expect(retellings.folded).toBe(naive.folded)
          expect(retellings.count).toBe(naive.rows + naive.folded)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('may be more than there was room for, in one request or in many', () => {
    const retellings = new Retellings(SLOTS, () => true)
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

  it('gives the same facts, folded or not, and hears the latest time of each slot', () => {
    const around = fc.tuple(fc.nat(120), fc.nat(3)).map(([n, scale]) => (1 + n) * 2 ** scale)
    const rows = fc.array(fc.record({ slot: fc.nat(SLOTS - 1), n: around, at: fc.nat(20) }), {
      maxLength: 60,
    })
    let folded = 0
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 6 }), fc.nat(SLOTS), (requests, whole) => {
        const retellings = new Retellings(SLOTS, (slot) => slot === whole)
        const all = new Map<number, Telling[]>()
        const heard = new Map<number, number>()
        let offset = 0
        for (const request of requests) {
          for (const { slot, n, at } of request) {
            retellings.add(slot, n, at, (offset += 1))
            all.set(slot, [...(all.get(slot) ?? []), { n, at, offset, repeats: 1 }])
          }
          retellings.keep((slot, at) => {
            heard.set(slot, Math.max(at, heard.get(slot) ?? 0))
            return placeOf(slot)
          })
        }
        const told = toldBy(retellings)
        expect([...told.keys()].sort()).toEqual([...all.keys()].sort())
        for (const [slot, tellings] of all) {
          const kept = told.get(slot) as Telling[]
          expect(leftBy(kept)).toEqual(leftBy(tellings))
          expect(heard.get(slot)).toBe(Math.max(...tellings.map(({ at }) => at)))
          expect(kept.reduce((sum, { repeats }) => sum + repeats, 0)).toBe(tellings.length)
          if (slot === whole) expect(kept.length).toBe(withoutRepeats(tellings))
        }
        folded += retellings.folded
      }),
      { numRuns: 1000 },
    )
    expect(folded).toBeGreaterThan(1_000)
  })

  it('takes one telling for a backlog of them, with the offsets of the first and the last', () => {
    const retellings = new Retellings(SLOTS, () => false)
    for (let n = 257; n < 272; n += 1) retellings.add(0, n, n * 1000, n)
    retellings.keep(placeOf)
    expect(toldBy(retellings).get(0)).toEqual([
      { n: 271, at: 271_000, offset: 257, lastOffset: 271, repeats: 15 },
    ])
    expect(retellings.count).toBe(15)
  })
})
