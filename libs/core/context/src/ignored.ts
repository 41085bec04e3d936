import type { Classifier } from './classify.ts'
import type { Facts } from './facts.ts'
import { countOf, inSeries } from './series.ts'

/** What the catalogue knows as noise, or does not know at all: counted, listed, never opened. */
export interface IgnoredFact {
  readonly reason: string
  readonly count: number
  readonly why: string
  readonly owner: string
}

/** The ignored facts of a namespace. */
export const ignoredOf = (facts: Facts, classifier: Classifier): readonly IgnoredFact[] => {
  const { ofEvent, ofOther } = facts.membership
  const told = inSeries(facts.events.all(), { isShared: facts.events.isShared })
  const events = told.flatMap((fact): IgnoredFact[] => {
    const result = classifier.classify(fact)
    const owner = ofEvent.get(fact.uid)?.id ?? ''
    return result.as === 'ignored'
      ? [{ reason: fact.reason, count: countOf(fact), why: result.why, owner }]
      : []
  })
  const others = facts.others.alerts().flatMap(([id, fact]): IgnoredFact[] => {
    const result = classifier.alerts.classify(fact)
    const owner = ofOther.get(id)?.id ?? ''
    return result.as === 'ignored'
      ? [{ reason: fact.name, count: fact.firings.length, why: result.why, owner }]
      : []
  })
  return [...events, ...others]
}
