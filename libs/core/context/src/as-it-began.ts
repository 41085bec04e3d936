import type { Context } from '@kubesift/contracts'
import type { Derived } from './derive.ts'
import type { RetiredKey } from './retired.ts'

type Terms = Context['severityTerms']

const worstOf = (live: Terms, kept: Terms): Terms => {
  const worst = live.map((term) => {
    const before = kept.find((other) => other.term === term.term)
    return before !== undefined && before.points > term.points ? before : term
  })
  const more = kept.filter(({ term }) => !live.some((other) => other.term === term))
  return [...worst, ...more]
}

/** What was changed before the loss, and how bad it was, is not in the facts any more: of a trouble that goes on it still holds. */
export const asItBegan = (live: Derived, kept: RetiredKey): Derived => {
  const cited = new Set(live.evidence.map(({ id }) => id))
  const changes = kept.changes.length > 0 ? kept.changes : live.changes
  const named = new Set(changes.map(({ evidence }) => evidence))
  const evidence = kept.evidence.filter(({ id }) => named.has(id) && !cited.has(id))
  return {
    ...live,
    severityTerms: worstOf(live.severityTerms, kept.severityTerms),
    changes,
    evidence: [...live.evidence, ...evidence],
  }
}
