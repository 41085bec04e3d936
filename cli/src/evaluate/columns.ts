import type { Figures } from '@kubesift/core-evaluation'

/** One column of the table: the figure of ours, and beside it that of the baseline. */
export interface FigureColumn {
  readonly title: string
  readonly of: (figures: Figures) => string
  /** The baseline has nothing to say here that would not be the same. */
  readonly oursOnly?: boolean
}

const whole = (n: number | null): string => (n === null ? '-' : String(n))
const ratio = (n: number | null): string => (n === null ? '-' : n.toFixed(2))
const percent = (n: number | null): string => (n === null ? '-' : `${Math.round(100 * n)}%`)
const round = (n: number | null): string => (n === null ? '-' : String(Math.round(n * 10) / 10))

/** The most telling first: a narrow terminal shows as many as it has room for. */
export const COLUMNS: readonly FigureColumn[] = [
  { title: 'EXP', of: (f) => whole(f.expected), oursOnly: true },
  { title: 'FOUND', of: (f) => whole(f.found) },
  { title: 'SPUR', of: (f) => whole(f.spurious) },
  { title: 'F1', of: (f) => ratio(f.pairwiseF1) },
  { title: 'ARI', of: (f) => ratio(f.adjustedRandIndex) },
  { title: 'MERGE', of: (f) => whole(f.falseMerges) },
  { title: 'SPLIT', of: (f) => whole(f.falseSplits) },
  { title: 'OWNER', of: (f) => percent(f.ownerAccuracy) },
  { title: 'CHANGE', of: (f) => percent(f.changeNamed), oursOnly: true },
  { title: 'CAUSE', of: (f) => percent(f.causeNamed), oursOnly: true },
  { title: 'SEV', of: (f) => percent(f.severityAgreement), oursOnly: true },
  { title: 'EVENTS', of: (f) => whole(f.events), oursOnly: true },
  { title: 'INC', of: (f) => whole(f.incidents) },
  { title: 'GROUPS', of: (f) => whole(f.groups), oursOnly: true },
  { title: 'PAGES', of: (f) => whole(f.pages), oursOnly: true },
  { title: 'OPEN', of: (f) => whole(f.openAtEnd), oursOnly: true },
  { title: '/100W', of: (f) => round(f.openedPer100Warnings) },
]

/** `3 | 7`: ours, then the baseline's; once where they have nothing to differ in. */
export const cellOf = (column: FigureColumn, ours: Figures, baseline: Figures): string => {
  const own = column.of(ours)
  if (column.oursOnly === true) return own
  const theirs = column.of(baseline)
  return own === '-' && theirs === '-' ? '-' : `${own} | ${theirs}`
}
