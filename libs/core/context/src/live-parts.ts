import type { ProblemRule } from '@kubesift/contracts'
import { own, underwayOf, type Earlier } from './earlier.ts'
import { isEmpty, type Part } from './parts.ts'

/**
 * The parts of an owner without what was retired, which is said already: states and alerts of then are still in the objects' facts. A
 * problem of which nothing else is left stays as an empty part, since what happens late in its spells is taken in by it. Of what was open
 * across a loss all is kept that is still known: its end may be seen by it.
 */
export const liveParts = (
  parts: readonly Part[],
  earlier: Earlier,
  rules: readonly ProblemRule[],
  keyOf: (problem: string) => string,
): Part[] => {
  const { through, by, alone } = earlier
  const byProblem = new Map(parts.map((part) => [part.rule.problem, part]))
  return rules.flatMap((rule): Part[] => {
    const part = byProblem.get(rule.problem)
    const goesOn = underwayOf(earlier, rule.problem) !== undefined
    if (part === undefined && !goesOn && !Object.hasOwn(alone, rule.problem)) return []
    const isLive = (at: number): boolean => goesOn || at > through
    const before = own(by, keyOf(rule.problem))
    return [
      {
        rule,
        events: part?.events ?? [],
        states: part?.states.filter(({ at }) => isLive(at)) ?? [],
        alerts: part?.alerts.filter(({ firing }) => isLive(firing.startsAt)) ?? [],
        opens: part?.opens ?? new Map(),
        symptoms: new Set<never>(),
        ...(before === undefined ? {} : { before }),
      },
    ]
  })
}

/** Whether any part has something that is not retired. */
export const saysAnything = (parts: readonly Part[]): boolean => parts.some((p) => !isEmpty(p))
