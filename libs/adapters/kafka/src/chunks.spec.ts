import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunksOf } from './chunks.ts'

const sizes = fc.array(fc.integer({ min: 0, max: 50 }))
const bounds = fc.record({
  count: fc.integer({ min: 1, max: 10 }),
  bytes: fc.integer({ min: 1, max: 100 }),
})

test('nothing is lost, reordered or empty, and only a single item may exceed the bounds', () => {
  fc.assert(
    fc.property(sizes, bounds, (items, within) => {
      const chunks = [...chunksOf(items, within, (size) => size)]
      expect(chunks.flat()).toEqual(items)
      for (const chunk of chunks) {
        const bytes = chunk.reduce((sum, size) => sum + size, 0)
        expect(chunk.length).toBeGreaterThan(0)
        expect(chunk.length).toBeLessThanOrEqual(within.count)
        if (chunk.length > 1) expect(bytes).toBeLessThanOrEqual(within.bytes)
      }
    }),
  )
})
