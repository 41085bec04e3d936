import type { Allocation, CostSignal, Position, SourcePartition } from '@kubesift/contracts'
import { firstAndLast } from './event-fact.ts'

/** What is known of the cost of one thing: the newest window. Grows by {@link joinCost} only. */
export interface CostFact {
  readonly allocation: Allocation
  readonly toldAt: number
  readonly records: readonly Position[]
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

/** Of two windows the newer ends later; of two that end together the shorter says more of now. */
export const compareWindows = (a: Allocation, b: Allocation): number =>
  a.to - b.to || a.from - b.from

const order = (a: CostFact, b: CostFact): number =>
  compareWindows(a.allocation, b.allocation) ||
  a.toldAt - b.toldAt ||
  compare(JSON.stringify(a.allocation), JSON.stringify(b.allocation))

/**
 * The least fact that holds both: commutative, associative, idempotent (property-tested). The newest window holds, and of one window the
 * newest telling: nothing is ever added up.
 */
export const joinCost = (a: CostFact, b: CostFact): CostFact => {
  const which = order(a, b)
  if (which !== 0) return which > 0 ? a : b
  return { ...a, records: firstAndLast([...a.records, ...b.records]) }
}

/** What one signal says, as a fact. */
export const costFact = (
  { allocation, toldAt, offsets }: CostSignal,
  source: SourcePartition,
): CostFact => ({
  allocation,
  toldAt,
  records: firstAndLast(offsets.map((offset) => ({ ...source, offset }))),
})
