import type { Evidence, Observation } from '@kubesift/contracts'
import { evidence } from './evidence.ts'
import type { PatternFact } from './pattern-fact.ts'

const MAX_OBSERVATIONS = 5
/** Logs speak of a trouble somewhat before its first symptom is reported. */
const BEFORE_MS = 10 * 60_000

export interface Trouble {
  readonly firstAt: number
  readonly endedAt: number
}

const countText = ({ top, several }: PatternFact): string => `${several ? 'about ' : ''}${top.n}`

/** What logs and the network said of an owner around a trouble, most frequent first, each with the evidence that shows it. */
export const observationsOf = (
  patterns: readonly PatternFact[],
  { firstAt, endedAt }: Trouble,
): { observations: Observation[]; evidence: Evidence[] } => {
  const shown = patterns
    .filter(({ firstAt: from, top }) => top.at >= firstAt - BEFORE_MS && from <= endedAt)
    .sort((a, b) => b.top.n - a.top.n || (a.pattern.id < b.pattern.id ? -1 : 1))
    .slice(0, MAX_OBSERVATIONS)
    .map((fact) => {
      const { pattern, involved, top, example } = fact
      const entry = evidence({
        kind: 'event',
        text: `${pattern.source} ${pattern.reason} of ${involved.kind}/${involved.name}, ${countText(fact)} times: ${example}`,
        at: top.at,
        object: involved,
        records: [...fact.records],
      })
      const observation: Observation = {
        source: pattern.source,
        reason: pattern.reason,
        text: pattern.text,
        count: top.n,
        quality: fact.several ? 'aggregated' : 'exact',
        firstAt: fact.firstAt,
        lastAt: top.at,
        example,
        object: involved,
        ...(pattern.container === undefined ? {} : { container: pattern.container }),
        ...(pattern.peer === undefined ? {} : { peer: pattern.peer }),
        evidence: entry.id,
      }
      return { observation, entry }
    })
  return { observations: shown.map((s) => s.observation), evidence: shown.map((s) => s.entry) }
}
