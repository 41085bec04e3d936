import { severities, type BlastRadius, type Context, type Severity } from '@kubesift/contracts'

/** One reason for a severity, with its points. */
export interface SeverityTerm {
  readonly term: string
  readonly points: number
  readonly why: string
}

/** A severity and the sum that it stands for. */
export interface Score {
  readonly severity: Severity
  readonly points: number
  readonly terms: readonly SeverityTerm[]
}

/** Where a context states no base of its own. Twenty-five points are one level, as in core-context. */
export const BASE_POINTS: Readonly<Record<Severity, number>> = { P1: 90, P2: 65, P3: 40, P4: 15 }

/**
 * The least points of each level; below the last is P4. A base needs twenty more for the next one: the whole workload being down (15)
 * does not do it alone, and with one return after a recovery it does.
 */
export const SEVERITY_THRESHOLDS = [
  ['P1', 85],
  ['P2', 60],
  ['P3', 35],
] as const satisfies readonly (readonly [Severity, number])[]

/** Escalation history: what each reopening adds, and how much at most (one level). */
export const REOPEN_POINTS = 10
export const REOPEN_POINTS_MAX = 20

/** Blast radius: what the other workloads that a cause has hit add, by how many; and what it adds that they are in several namespaces. */
export const BLAST_POINTS = [
  [10, 15],
  [3, 10],
  [1, 5],
] as const satisfies readonly (readonly [number, number])[]
export const BLAST_NAMESPACES_POINTS = 5

const levelOf = (points: number): Severity =>
  SEVERITY_THRESHOLDS.find(([, least]) => points >= least)?.[0] ?? 'P4'

const reopened = (count: number): readonly SeverityTerm[] =>
  count === 0
    ? []
    : [
        {
          term: 'reopened',
          points: Math.min(count * REOPEN_POINTS, REOPEN_POINTS_MAX),
          why: `came back ${count === 1 ? 'once' : `${count} times`} after a recovery`,
        },
      ]

const many = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`

const blast = (radius: BlastRadius | undefined): readonly SeverityTerm[] => {
  if (radius === undefined) return []
  const { workloads, namespaces } = radius
  const reach = BLAST_POINTS.find(([least]) => workloads >= least)?.[1] ?? 0
  const wide = namespaces > 1
  return [
    {
      term: 'blast-radius',
      points: reach + (wide ? BLAST_NAMESPACES_POINTS : 0),
      why: `has hit ${many(workloads, 'other workload')}${wide ? ` in ${many(namespaces, 'namespace')}` : ''}`,
    },
  ]
}

const base = (severity: Severity): SeverityTerm => ({
  term: 'base',
  points: BASE_POINTS[severity],
  why: `the catalogue's severity of this problem is ${severity}`,
})

/** The one place that scores: the context's base and terms, and what only the incident knows, its history and what it has hit. */
export const scoreSeverity = (
  context: Context,
  known: { readonly reopenCount: number; readonly blastRadius?: BlastRadius | undefined },
): Score => {
  const given = context.severityTerms.some(({ term }) => term === 'base')
  const terms = [
    ...(given ? [] : [base(context.severity)]),
    ...context.severityTerms,
    ...reopened(known.reopenCount),
    ...blast(known.blastRadius),
  ]
  const points = terms.reduce((sum, term) => sum + term.points, 0)
  return { severity: levelOf(points), points, terms }
}

/** 1 for P1: smaller is more severe. */
export const severityRank = (severity: Severity): number => severities.indexOf(severity) + 1
