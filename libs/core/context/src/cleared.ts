import type { ProblemRule } from '@kubesift/contracts'
import type { ObjectFact, Transition } from './object-fact.ts'
import type { Interval, Surroundings } from './spells.ts'

type Told = Pick<Surroundings, 'healthy' | 'unwell'>

/** Conditions that a rule names as trouble of the owner itself: `Type=Status` or `Type=Status:Reason`. */
const namedBy = (rule: ProblemRule): ReadonlySet<string> =>
  new Set(rule.states.flatMap(({ state, value }) => (state === 'condition' ? value : [])))

const isBad = (named: ReadonlySet<string>, { type, status, reason }: Transition): boolean =>
  named.has(`${type}=${status}`) || named.has(`${type}=${status}:${reason}`)

/** The stretches in which a condition of one type was bad. */
const badOf = (all: readonly Transition[], named: ReadonlySet<string>): Interval[] =>
  all.flatMap((from, i): Interval[] =>
    isBad(named, from) ? [{ from: from.at, to: all[i + 1]?.at ?? Infinity, why: from.type }] : [],
  )

/** Well between one stretch and the next of any type; before the first nothing is proved. */
const between = (bad: readonly Interval[]): Interval[] => {
  const out: Interval[] = []
  let from: number | undefined
  let last = ''
  for (const stretch of bad.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== undefined && stretch.from > from)
      out.push({ from, to: stretch.from, why: `the node says ${last} no longer` })
    if (from === undefined || stretch.to >= from) last = stretch.why
    from = Math.max(from ?? -Infinity, stretch.to)
  }
  if (from !== undefined && from !== Infinity)
    out.push({ from, to: Infinity, why: `the node says ${last} no longer` })
  return out
}

/**
 * How a problem of a node that its conditions tell ends: when each condition that the rule names, and that was so, has gone back. Whether the
 * node is Ready says nothing of that. Undefined for anything else, and where none of them was ever seen to be so: then nothing is proved.
 */
export const clearedOf = (
  owner: { readonly kind: string },
  own: readonly ObjectFact[],
  rule: ProblemRule,
): Told | undefined => {
  if (owner.kind !== 'Node' || rule.recovery !== 'condition') return undefined
  const named = namedBy(rule)
  const byType = Map.groupBy(
    own.flatMap(({ transitions }) => transitions),
    ({ type }) => type,
  )
  const bad = [...byType.values()].flatMap((all) =>
    badOf(
      all.toSorted((a, b) => a.at - b.at),
      named,
    ),
  )
  return { healthy: between(bad), unwell: bad.some(({ to }) => to === Infinity) }
}
