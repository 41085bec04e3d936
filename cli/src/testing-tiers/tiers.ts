/** In the order in which they run: the quickest answer first. */
export const TIERS = ['lint', 'unit', 'int', 'e2e', 'collector'] as const
export type Tier = (typeof TIERS)[number]

/** Builds of the Collector take minutes, so that tier is asked for by name. */
export const DEFAULT_TIERS: readonly Tier[] = TIERS.filter((tier) => tier !== 'collector')

export const isTier = (word: string): word is Tier => TIERS.some((tier) => tier === word)

/** What came out of one tier. */
export interface TierResult {
  readonly tier: Tier
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly ms: number
}
