import {
  figuresOf,
  isEvaluated,
  totalsOf,
  type Faults,
  type Figures,
  type Page,
  type Scenario,
} from '@kubesift/core-evaluation'
import { formatInstant } from '@kubesift/core-signal'

/** A page that the notifier would send; `at` is RFC 3339. */
type PageJson = Omit<Page, 'at'> & { readonly at: string }

interface ScenarioJson extends Partial<Figures> {
  readonly name: string
  readonly kind: string
  readonly status: Scenario['status']
  readonly why?: string
  readonly baseline?: Figures
  readonly pageList?: readonly PageJson[]
  readonly faults?: Faults
}

/** What `kubesift eval --format json` prints. Figures that there is no truth for are null; fields may be added. */
export interface EvaluationOutput {
  readonly scenarios: readonly ScenarioJson[]
  readonly total: Figures & { readonly scenarios: number; readonly baseline: Figures }
}

/** What a scenario without figures shows in their place, so that every entry has every field. */
const NONE: Figures = totalsOf([]).ours

const scenarioJson = (scenario: Scenario): ScenarioJson => {
  const { name, kind, status } = scenario
  if (!isEvaluated(scenario)) return { name, kind, status, why: scenario.why, ...NONE }
  return {
    name,
    kind,
    status,
    ...figuresOf(scenario.ours.tally),
    baseline: figuresOf(scenario.baseline.tally),
    pageList: scenario.ours.pages.map((page) => ({ ...page, at: formatInstant(page.at) })),
    faults: scenario.ours.faults,
  }
}

export const evaluationJson = (scenarios: readonly Scenario[]): EvaluationOutput => {
  const { ours, baseline, scenarios: n } = totalsOf(scenarios)
  return {
    scenarios: scenarios.map(scenarioJson),
    total: { ...ours, scenarios: n, baseline },
  }
}
