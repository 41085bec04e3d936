import {
  figuresOf,
  isEvaluated,
  totalsOf,
  type Faults,
  type Page,
  type Scenario,
} from '@kubesift/core-evaluation'
import { formatInstant } from '@kubesift/core-signal'
import { COLUMNS, cellOf } from './columns.ts'

/** A row of the table, as text: the name, then a cell per column. */
export type Row = readonly string[]

export const HEAD: Row = ['SCENARIO', ...COLUMNS.map(({ title }) => title)]

/** A row per evaluated scenario, and the total where there are several. */
export const rowsOf = (scenarios: readonly Scenario[]): { rows: Row[]; total: Row | undefined } => {
  const evaluated = scenarios.filter(isEvaluated)
  const totals = totalsOf(evaluated)
  return {
    rows: evaluated.map(({ name, ours, baseline }) => [
      name,
      ...COLUMNS.map((c) => cellOf(c, figuresOf(ours.tally), figuresOf(baseline.tally))),
    ]),
    total:
      evaluated.length < 2
        ? undefined
        : [
            `total of ${totals.scenarios}`,
            ...COLUMNS.map((c) => cellOf(c, totals.ours, totals.baseline)),
          ],
  }
}

const TITLES: Readonly<Record<keyof Faults, string>> = {
  missed: 'missed',
  spurious: 'spurious',
  merged: 'falsely merged',
  split: 'falsely split',
  owners: 'wrong owner',
  changes: 'change not named',
  severities: 'other severity',
  causes: 'other cause named',
  leftOpen: 'left open',
  falseResolves: 'resolved too soon',
}

/** What there is to act on, per scenario: kind of fault, and one line each. */
export const faultsOf = (
  scenarios: readonly Scenario[],
): { name: string; faults: { title: string; text: string }[] }[] =>
  scenarios.filter(isEvaluated).flatMap(({ name, ours }) => {
    const faults = (Object.keys(TITLES) as (keyof Faults)[]).flatMap((kind) =>
      ours.faults[kind].map((text) => ({ title: TITLES[kind], text })),
    )
    return faults.length === 0 ? [] : [{ name, faults }]
  })

/** How many each share of the total is of. */
export const nLine = (scenarios: readonly Scenario[]): string => {
  const { n, expected } = totalsOf(scenarios).ours
  return [
    `n: ${expected ?? 0} expected incidents`,
    `F1 over ${n.pairs} pairs of incidents, ARI the mean of ${n.clusterings} scenarios`,
    `owners ${n.owners} (owner, reason)`,
    `changes ${n.changes}`,
    `causes ${n.causes}`,
    `severities ${n.severities}`,
  ].join('; ')
}

/** Why others have no row: the reasons, each with the scenarios that it holds for. */
export const leftOut = (
  scenarios: readonly Scenario[],
  status: 'not-judged' | 'error',
): { why: string; names: string[] }[] => {
  const byWhy = new Map<string, string[]>()
  for (const scenario of scenarios)
    if (scenario.status === status)
      byWhy.set(scenario.why, [...(byWhy.get(scenario.why) ?? []), scenario.name])
  return [...byWhy].map(([why, names]) => ({ why, names }))
}

const HIT_SHOWN = 5

const pageText = ({ at, severity, incident, alsoHit }: Page): string => {
  const more = alsoHit.length > HIT_SHOWN ? ` and ${alsoHit.length - HIT_SHOWN} more` : ''
  const also =
    alsoHit.length === 0 ? '' : `; also hit: ${alsoHit.slice(0, HIT_SHOWN).join(', ')}${more}`
  return `${formatInstant(at)} ${severity} ${incident}${also}`
}

/** The pages that each scenario would cause, one line each. */
export const pagesOf = (scenarios: readonly Scenario[]): { name: string; pages: string[] }[] =>
  scenarios
    .filter(isEvaluated)
    .filter(({ ours }) => ours.pages.length > 0)
    .map(({ name, ours }) => ({ name, pages: ours.pages.map(pageText) }))
