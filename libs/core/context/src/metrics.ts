import type {
  Catalogue,
  Evidence,
  MetricRule,
  Observation,
  ProblemRule,
  Severity,
} from '@kubesift/contracts'
import { evidence } from './evidence.ts'
import { breachesOf, MAX_POINTS, type MetricFact } from './metric-fact.ts'
import type { Trouble } from './observations.ts'

/** What the catalogue says of a metric. */
export type MetricClass =
  | {
      readonly as: 'problem'
      readonly rule: ProblemRule
      readonly severity?: Severity
      /** How long a breach has lasted when it is told. */
      readonly lasts?: number
    }
  | { readonly as: 'observed'; readonly why: string }
  | { readonly as: 'ignored'; readonly why: string }

const NOBODY: MetricClass = {
  as: 'ignored',
  why: 'no rule of the catalogue has this name any more',
}

/** The section `metrics` of a catalogue, as far as it says what a breach means. */
export class MetricRules {
  readonly #rules: ReadonlyMap<string, MetricRule>
  readonly #problems: ReadonlyMap<string, ProblemRule>

  constructor({ metrics = [], problems }: Pick<Catalogue, 'metrics' | 'problems'>) {
    this.#rules = new Map(metrics.map((rule) => [rule.name, rule]))
    this.#problems = new Map(problems.map((rule) => [rule.problem, rule]))
  }

  /** What a breach is: a sign of a problem, or something to show beside others. */
  classify({ rule: name }: Pick<MetricFact, 'rule'>): MetricClass {
    const rule = this.#rules.get(name)
    if (rule === undefined) return NOBODY
    if (rule.observe !== undefined) return { as: 'observed', why: rule.observe }
    const problem = this.#problems.get(rule.problem ?? '')
    if (problem === undefined) return NOBODY
    return {
      as: 'problem',
      rule: problem,
      ...(rule.severity === undefined ? {} : { severity: rule.severity }),
      ...(rule.for === undefined ? {} : { lasts: rule.for }),
    }
  }
}

const MAX_OBSERVATIONS = 3
const BEFORE_MS = 10 * 60_000

/** What metrics said of an owner around a trouble, the longest breach first, each with the evidence that shows it. */
export const observedMetrics = (
  metrics: readonly MetricFact[],
  { firstAt, endedAt }: Trouble,
): { observations: Observation[]; evidence: Evidence[] } => {
  const shown = metrics
    .flatMap((fact) => {
      const breaches = breachesOf(fact)
      const from = breaches[0]?.startsAt
      const last = breaches.at(-1)
      if (from === undefined || last === undefined) return []
      const isAround = breaches.some(
        (b) => b.startsAt <= endedAt && (b.endsAt ?? Infinity) >= firstAt - BEFORE_MS,
      )
      return isAround
        ? [{ fact, from, to: last.endsAt ?? last.toldAt, count: breaches.length }]
        : []
    })
    .sort((a, b) => b.to - b.from - (a.to - a.from) || (a.fact.id < b.fact.id ? -1 : 1))
    .slice(0, MAX_OBSERVATIONS)
    .map(({ fact, from, to, count }) => {
      const { involved, source, rule, message, container, records, points } = fact
      const entry = evidence({
        kind: 'state',
        text: `${source} ${rule} of ${involved.kind}/${involved.name}: ${message}`,
        at: to,
        object: involved,
        records: [...records],
      })
      const observation: Observation = {
        source,
        reason: rule,
        text: message,
        count,
        quality: points.length >= MAX_POINTS ? 'lower_bound' : 'exact',
        firstAt: from,
        lastAt: to,
        example: message,
        object: involved,
        ...(container === undefined ? {} : { container }),
        evidence: entry.id,
      }
      return { observation, entry }
    })
  return { observations: shown.map((s) => s.observation), evidence: shown.map((s) => s.entry) }
}
