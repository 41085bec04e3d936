/** How two clusterings of the same items agree, over all pairs of items. */
export interface Pairs {
  /** Together in both. */
  readonly together: number
  /** Together in what was found, apart in the truth: false merges. */
  readonly merged: number
  /** Apart in what was found, together in the truth: false splits. */
  readonly split: number
  /** Apart in both. */
  readonly apart: number
}

/** One item: the cluster that it was put into, and the one that it belongs to. Labels are names; only their equality counts. */
export interface Clustered {
  readonly found: string
  readonly truth: string
}

const pairsIn = (n: number): number => (n < 2 ? 0 : (n * (n - 1)) / 2)

const pairsWithin = (labels: readonly string[]): number => {
  const sizes = new Map<string, number>()
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  return [...sizes.values()].reduce((sum, n) => sum + pairsIn(n), 0)
}

/** The pair confusion of two clusterings, by their contingency table. */
export const pairsOf = (items: readonly Clustered[]): Pairs => {
  const together = pairsWithin(items.map(({ found, truth }) => JSON.stringify([found, truth])))
  const merged = pairsWithin(items.map(({ found }) => found)) - together
  const split = pairsWithin(items.map(({ truth }) => truth)) - together
  return { together, merged, split, apart: pairsIn(items.length) - together - merged - split }
}

export const addPairs = (a: Pairs, b: Pairs): Pairs => ({
  together: a.together + b.together,
  merged: a.merged + b.merged,
  split: a.split + b.split,
  apart: a.apart + b.apart,
})

export const NO_PAIRS: Pairs = { together: 0, merged: 0, split: 0, apart: 0 }

/** The harmonic mean of precision and recall over pairs. Where neither clustering has a pair they agree: 1. */
export const pairwiseF1 = ({ together, merged, split }: Pairs): number =>
  together + merged + split === 0 ? 1 : (2 * together) / (2 * together + merged + split)

/** Hubert and Arabie's index in its pair form: 1 for equal clusterings, about 0 for chance. Equal degenerate ones are 1 too. */
export const adjustedRand = ({ together, merged, split, apart }: Pairs): number =>
  merged === 0 && split === 0
    ? 1
    : (2 * (together * apart - merged * split)) /
      ((together + split) * (split + apart) + (together + merged) * (merged + apart))
