import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adjustedRand, pairsOf, pairwiseF1, type Clustered, type Pairs } from './clustering.ts'

const items = (found: readonly (number | string)[], truth: readonly (number | string)[]) =>
  found.map((f, i): Clustered => ({ found: String(f), truth: String(truth[i]) }))

const label = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const clusterings = fc.array(fc.record({ found: label, truth: label }), { maxLength: 30 })
const turned = (all: readonly Clustered[]) =>
  all.map(({ found, truth }) => ({ found: truth, truth: found }))

/** The definition, pair by pair. */
const naivePairs = (all: readonly Clustered[]): Pairs => {
  const counts = { together: 0, merged: 0, split: 0, apart: 0 }
  for (const [i, a] of all.entries())
    for (const b of all.slice(i + 1)) {
      const [f, t] = [a.found === b.found, a.truth === b.truth]
      counts[f ? (t ? 'together' : 'merged') : t ? 'split' : 'apart'] += 1
    }
  return counts
}

/** Hubert and Arabie 1985, by the contingency table: (index − expected) / (maximum − expected). */
const byContingency = (all: readonly Clustered[]): number => {
  const { together, merged, split, apart } = naivePairs(all)
  const [a, b, n] = [together + merged, together + split, together + merged + split + apart]
  const expected = (a * b) / n
  return (together - expected) / ((a + b) / 2 - expected)
}

describe('pairs of two clusterings', () => {
  test('are those of the definition', () => {
    fc.assert(
      fc.property(clusterings, (all) => {
        expect(pairsOf(all)).toEqual(naivePairs(all))
      }),
    )
  })

  test.each([
    ['nothing', [], [], 1, 1],
    ['one item', [1], [1], 1, 1],
    ['one cluster in both', [1, 1, 1], [2, 2, 2], 1, 1],
    ['every item alone in both', [1, 2, 3], [4, 5, 6], 1, 1],
    ['all apart where all belong together', [1, 2, 3], [1, 1, 1], 0, 0],
    ['all together where none belong together', [1, 1, 1], [1, 2, 3], 0, 0],
    // scikit-learn's documentation of adjusted_rand_score
    ['a split pair', [0, 0, 1, 2], [0, 0, 1, 1], 2 / 3, 4 / 7],
    ['a crossing', [0, 1, 0, 1], [0, 0, 1, 1], 0, -0.5],
    // Hubert and Arabie's index on the table of Santos and Embrechts
    ['three of six', [0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1], 4 / 9, 0.24242],
  ])('of %s score as known', (_, found, truth, f1, ari) => {
    const pairs = pairsOf(items(found, truth))
    expect(pairwiseF1(pairs)).toBeCloseTo(f1, 4)
    expect(adjustedRand(pairs)).toBeCloseTo(ari, 4)
  })

  test('of the 17 points of Manning, Raghavan and Schütze (16.3) score as in the book', () => {
    const clusters = ['xxxxxo', 'xooood', 'xxddd']
    const all = clusters.flatMap((c, i) => [...c].map((truth) => ({ found: String(i), truth })))
    const pairs = pairsOf(all)
    expect(pairs).toEqual({ together: 20, merged: 20, split: 24, apart: 72 })
    expect(pairwiseF1(pairs)).toBeCloseTo(0.476, 3)
    expect(adjustedRand(pairs)).toBeCloseTo(0.243, 3)
  })
})

describe.each([
  ['pairwise F1', pairwiseF1],
  ['the adjusted Rand index', adjustedRand],
])('%s', (_, scoreOf) => {
  const score = (all: readonly Clustered[]): number => scoreOf(pairsOf(all))

  test('is 1 for equal clusterings, and only for them', () => {
    fc.assert(
      fc.property(clusterings, (all) => {
        expect(score(all.map(({ truth }) => ({ found: truth, truth })))).toBe(1)
        const { merged, split } = naivePairs(all)
        expect(score(all) === 1).toBe(merged + split === 0)
      }),
    )
  })

  test('is symmetric', () => {
    fc.assert(
      fc.property(clusterings, (all) => {
        expect(score(turned(all))).toBe(score(all))
      }),
    )
  })

  test('does not change with the names of the clusters, nor with the order of the items', () => {
    const names = fc.shuffledSubarray(['v', 'w', 'x', 'y', 'z'], { minLength: 5 })
    fc.assert(
      fc.property(clusterings, names, fc.nat(), (all, [...to], turn) => {
        const renamed = all.map(({ found, truth }) => ({
          found: to['abcde'.indexOf(found)]!,
          truth,
        }))
        const k = all.length === 0 ? 0 : turn % all.length
        expect(score([...renamed.slice(k), ...renamed.slice(0, k)])).toBe(score(all))
      }),
    )
  })

  test('is at most 1', () => {
    fc.assert(
      fc.property(clusterings, (all) => {
        expect(score(all)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

test('the adjusted Rand index is that of the contingency table, wherever that has one', () => {
  fc.assert(
    fc.property(clusterings, (all) => {
      const reference = byContingency(all)
      if (Number.isFinite(reference)) expect(adjustedRand(pairsOf(all))).toBeCloseTo(reference, 9)
    }),
  )
})
