import type { Context, ProblemRule, Severity, Spell } from '@kubesift/contracts'
import type { OwnerView } from './owner-view.ts'
import { persistenceTerms, sensitivityTerms, stateTerms } from './sensitivity.ts'

/** Points of the catalogue's base severity; the store adds its own terms and draws the lines (`scoreSeverity`, core-incident). */
export const BASE_POINTS: Readonly<Record<Severity, number>> = { P1: 90, P2: 65, P3: 40, P4: 15 }
const IMPACT_POINTS = 15

/** What makes it how bad: each term with its points and why. */
export const severityTerms = (
  rule: ProblemRule,
  view: OwnerView,
  spells: readonly Spell[],
): Context['severityTerms'] => {
  const terms = [
    {
      term: 'base',
      points: BASE_POINTS[rule.severity],
      why: `${rule.problem} is ${rule.severity} in the catalogue`,
    },
  ]
  const points = view.own.flatMap((f) => f.health)
  const worst = spells.flatMap((s) =>
    points.filter((p) => p.at >= s.from && p.at <= (s.recovery?.at ?? Infinity)).map((p) => p.down),
  )
  const down = Math.max(0, ...worst)
  if (down > 0)
    terms.push({
      term: 'impact',
      points: Math.round(down * IMPACT_POINTS),
      why: `${Math.round(down * 100)} % of the replicas were not available at the worst`,
    })
  return [
    ...terms,
    ...sensitivityTerms(view),
    ...stateTerms(view),
    ...persistenceTerms({ spells: [...spells] }),
  ]
}
