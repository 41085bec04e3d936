import type { Allocation, Cost, Evidence } from '@kubesift/contracts'
import { allocationSum, formatInstant } from '@kubesift/core-signal'
import { compareWindows, type CostFact } from './cost-fact.ts'
import { evidence } from './evidence.ts'
import { firstAndLast } from './event-fact.ts'
import type { OwnerView } from './owner-view.ts'

/** A cost of so long before the last symptom says nothing of the trouble any more. */
export const COST_TELLS_MS = 7 * 24 * 3_600_000

const HOUR = 3_600_000
const rounded = (cost: number): number => Math.round(cost * 1e6) / 1e6

const currencyOf = ({ currency = '' }: Allocation): string => currency

/**
 * The rows of the newest window, of one currency. Rows of pods are only asked for where no controller was told of: else they may be part of
 * what was told of it.
 */
const newestOf = (facts: readonly CostFact[]): readonly CostFact[] => {
  const order = (a: CostFact, b: CostFact): number =>
    compareWindows(a.allocation, b.allocation) ||
    (currencyOf(a.allocation) < currencyOf(b.allocation) ? -1 : 1)
  const newest = facts.toSorted(order).at(-1)?.allocation
  if (newest === undefined) return []
  const rows = facts.filter(
    ({ allocation }) =>
      compareWindows(allocation, newest) === 0 && currencyOf(allocation) === currencyOf(newest),
  )
  const controllers = rows.filter(({ allocation }) => allocation.involved.kind !== 'Pod')
  return controllers.length > 0 ? controllers : rows
}

const say = ({
  source,
  currency,
  perHour,
  terms,
  efficiency,
  from,
  to,
  atLeast,
}: Omit<Cost, 'evidence'>): string => {
  const parts = Object.entries(terms).map(([term, cost]) => `${term} ${cost}`)
  const used = efficiency === undefined ? [] : [`efficiency ${Math.round(efficiency * 100)} %`]
  const more = [...parts, ...used].join(', ')
  const amount = `${atLeast === true ? 'at least ' : ''}${perHour}${currency === undefined ? '' : ` ${currency}`}`
  return `${source}: ${amount} per hour${more === '' ? '' : ` (${more})`}, ${formatInstant(from)} to ${formatInstant(to)}`
}

/**
 * What an owner costs per hour, by the newest window that was told of it, with the evidence that shows it; undefined where nothing was told
 * in the week before its last symptom. It says nothing of a trouble but what it is about.
 */
export const costOf = (
  { owner, namespace, costs }: Pick<OwnerView, 'owner' | 'namespace' | 'costs'>,
  lastSeenAt: number,
): { readonly cost: Cost; readonly evidence: Evidence } | undefined => {
  const { facts, isFull } = costs()
  const rows = newestOf(facts)
  const [first] = rows
  if (first === undefined || first.allocation.to < lastSeenAt - COST_TELLS_MS) return undefined
  const { source, currency, from, to } = first.allocation
  const { total, terms, efficiency } = allocationSum(rows.map(({ allocation }) => allocation))
  const hours = (to - from) / HOUR
  const cost: Omit<Cost, 'evidence'> = {
    source,
    ...(currency === undefined ? {} : { currency }),
    perHour: rounded(total / hours),
    terms: Object.fromEntries(
      Object.entries(terms).map(([term, amount]) => [term, rounded(amount / hours)]),
    ),
    from,
    to,
    ...(efficiency === undefined ? {} : { efficiency }),
    ...(isFull ? { atLeast: true } : {}),
  }
  const entry = evidence({
    kind: 'state',
    text: say(cost),
    at: to,
    object: { kind: owner.kind, namespace, name: owner.name },
    records: firstAndLast(rows.flatMap(({ records }) => records)),
  })
  return { cost: { ...cost, evidence: entry.id }, evidence: entry }
}
