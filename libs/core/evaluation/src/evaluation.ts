import type { Scored } from './score.ts'
import { addTallies, figuresOf, NO_TALLY, type Figures, type Tally } from './tally.ts'

/** One scenario of a report: its figures, or why there are none. */
export type Scenario =
  | {
      readonly name: string
      readonly kind: string
      readonly status: 'evaluated'
      readonly ours: Scored
      readonly baseline: Scored
      /** What is known of it but judged by nothing, in words. */
      readonly why?: string
    }
  | {
      readonly name: string
      readonly kind: string
      /** `not-judged`: there is a label, and nothing recorded that it could be compared with. `error`: no label, or none that can be read. */
      readonly status: 'not-judged' | 'error'
      readonly why: string
    }

export type Evaluated = Extract<Scenario, { readonly status: 'evaluated' }>

export const isEvaluated = (scenario: Scenario): scenario is Evaluated =>
  scenario.status === 'evaluated'

const sumOf = (tallies: readonly Tally[]): Tally => tallies.reduce(addTallies, NO_TALLY)

export interface Totals {
  readonly ours: Figures
  readonly baseline: Figures
  readonly scenarios: number
}

/** The figures of all scenarios together, over those that have what a figure is of. */
export const totalsOf = (scenarios: readonly Scenario[]): Totals => {
  const evaluated = scenarios.filter(isEvaluated)
  return {
    ours: figuresOf(sumOf(evaluated.map(({ ours }) => ours.tally))),
    baseline: figuresOf(sumOf(evaluated.map(({ baseline }) => baseline.tally))),
    scenarios: evaluated.length,
  }
}
