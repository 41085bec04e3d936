import type { Analysis, Context, Known, Knowns } from '@kubesift/contracts'
import { aftermathOf } from './aftermath.ts'
import { fillCommand, fillProse, type Lookup } from './fill.ts'
import { matchCondition, subjectOf, type Match, type Subject } from './match.ts'
import { rolloutIn } from './match-change.ts'
import { lookupIn } from './variables.ts'

/** What a known says of a context; the caller adds whose incident it is and when. */
export type Diagnosis = Pick<
  Analysis,
  | 'rule'
  | 'class'
  | 'cause'
  | 'hypothesis'
  | 'confidence'
  | 'confidenceReasons'
  | 'evidence'
  | 'recommendations'
> & { readonly refutedBy?: string }

const MAX_EVIDENCE = 8
const points = (n: number): string => `${n < 0 ? '−' : '+'}${Math.abs(Math.round(n * 100))} %`

interface Scored {
  readonly match: Match
  readonly confidence: number
  readonly reasons: readonly string[]
}

const score = (known: Known, match: Match, subject: Subject): Scored => {
  const { base, why, terms } = known.confidence
  const met = terms.flatMap(({ when, add, why: because }) => {
    const found = matchCondition(when, subject)
    return found ? [{ add, because, found }] : []
  })
  const sum = met.reduce((total, { add }) => total + add, base)
  return {
    match: {
      captures: match.captures,
      change: match.change ?? met.find(({ found }) => found.change)?.found.change,
      support: [...match.support, ...met.flatMap(({ found }) => found.support)],
    },
    // Never certain, never nothing: a rule that matched has seen something, and can be wrong.
    confidence: Math.round(Math.min(0.99, Math.max(0.05, sum)) * 100) / 100,
    reasons: [
      `${Math.round(base * 100)} %: ${why}`,
      ...met.map((m) => `${points(m.add)}: ${m.because}`),
    ],
  }
}

/** Entries that carry the claim; where a rule matched on counts alone, the newest entry of the failure itself. */
const cite = (support: readonly string[], { evidence }: Context): string[] => {
  const real = new Set(evidence.map(({ id }) => id))
  const cited = [...new Set(support)].filter((id) => real.has(id)).slice(0, MAX_EVIDENCE)
  if (cited.length > 0) return cited
  const byAge = evidence.toSorted((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
  const newest = byAge.find(({ kind }) => kind !== 'change') ?? byAge[0]
  return newest ? [newest.id] : []
}

const isRolledBack = ({ context }: Subject, { change }: Match): boolean => {
  const rollout = rolloutIn(change, context)
  return rollout !== undefined && aftermathOf(rollout, context).state === 'undone'
}

const recommend = (
  known: Known,
  rolledBack: boolean,
  told: Lookup,
): Analysis['recommendations'] => {
  // The pods of a revision that was rolled back are gone: no command can look at them.
  const lookup: Lookup = (name) => (rolledBack && name === 'pod' ? undefined : told(name))
  return known.recommendations.flatMap(({ text, command, rolledBack: wanted = rolledBack }) => {
    if (wanted !== rolledBack) return []
    if (command === undefined) return [{ text: fillProse(text, told) }]
    const filled = fillCommand(command, lookup)
    return filled === undefined ? [] : [{ text: fillProse(text, told), command: filled }]
  })
}

const speak = (known: Known, subject: Subject): Diagnosis | undefined => {
  const found = matchCondition(known.match, subject)
  if (!found) return undefined
  const { match, confidence, reasons } = score(known, found, subject)
  const evidence = cite(match.support, subject.context)
  // A claim that cites nothing is refused, whoever makes it.
  if (evidence.length === 0) return undefined
  const lookup = lookupIn(subject, match)
  return {
    rule: known.name,
    class: known.class,
    cause: known.cause,
    hypothesis: fillProse(known.hypothesis, lookup),
    confidence,
    confidenceReasons: [...reasons],
    evidence,
    ...(known.refutedBy === undefined ? {} : { refutedBy: fillProse(known.refutedBy, lookup) }),
    recommendations: recommend(known, isRolledBack(subject, match), lookup),
  }
}

/**
 * What the knowns make of a context, most confident first (equal ones in file order). Fallbacks speak only when no other does.
 * Pure and total: whatever the context holds, it does not throw, and it cites only entries of this context.
 */
export const diagnose = (context: Context, { knowns }: Knowns): readonly Diagnosis[] => {
  const subject = subjectOf(context)
  const heard = (fallback: boolean): Diagnosis[] =>
    knowns
      .filter((known) => known.fallback === fallback)
      .flatMap((known) => speak(known, subject) ?? [])
      .toSorted((a, b) => b.confidence - a.confidence)
  const spoken = heard(false)
  return spoken.length > 0 ? spoken : heard(true).slice(0, 1)
}
