import type { ProblemRule } from '@kubesift/contracts'
import { lastOf } from './alert-fact.ts'
import { firingKey, type AlertSign } from './alerts.ts'
import { own, underwayOf, type Earlier } from './earlier.ts'
import { isEmpty, type Part, type StateSign } from './parts.ts'

/** What fires on after what was retired counts if it was not counted then. */
const liveAlert = (sign: AlertSign, { through, unended = [] }: Earlier): AlertSign[] => {
  const { firing } = sign
  const last = lastOf(firing)
  if (last <= through) return []
  const wasCounted = firing.startsAt <= through && unended.includes(firingKey(sign))
  return [wasCounted ? { ...sign, counted: true, firing: { ...firing, startsAt: last } } : sign]
}

/**
 * The parts of an owner without what was retired, which is said already: states and alerts of then are still in the objects' facts. An
 * object that was not known then was not counted, unless all that was known of it was lost. A problem of which nothing else is left stays as an empty part, since what happens late in its spells is taken
 * in by it. Of what was open across a loss the alerts are kept that are still known: its end may be seen by them. Its states are not: an object
 * that is told again after the loss says what it said before, and that is in the sums.
 */
export const liveParts = (
  parts: readonly Part[],
  earlier: Earlier,
  rules: readonly ProblemRule[],
  keyOf: (problem: string) => string,
): Part[] => {
  const { through, by, alone, rebuiltAt = -Infinity } = earlier
  const byProblem = new Map(parts.map((part) => [part.rule.problem, part]))
  return rules.flatMap((rule): Part[] => {
    const part = byProblem.get(rule.problem)
    const goesOn = underwayOf(earlier, rule.problem) !== undefined
    if (part === undefined && !goesOn && !Object.hasOwn(alone, rule.problem)) return []
    const isLive = ({ at, fact }: StateSign): boolean =>
      at > through || (fact.firstAt > through && at > rebuiltAt)
    const before = own(by, keyOf(rule.problem))
    return [
      {
        rule,
        events: part?.events ?? [],
        states: part?.states.filter(isLive) ?? [],
        alerts: part?.alerts.flatMap((sign) => (goesOn ? [sign] : liveAlert(sign, earlier))) ?? [],
        opens: part?.opens ?? new Map(),
        symptoms: new Set<never>(),
        ...(before === undefined ? {} : { before }),
      },
    ]
  })
}

/** Whether any part has something that is not retired. */
export const saysAnything = (parts: readonly Part[]): boolean => parts.some((p) => !isEmpty(p))
