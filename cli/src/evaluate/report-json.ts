import {
  figuresOf,
  isEvaluated,
  totalsOf,
  type Faults,
  type Figures,
  type Scenario,
} from '@kubesift/core-evaluation'

interface ScenarioJson extends Partial<Figures> {
  readonly name: string
  readonly kind: string
  readonly status: Scenario['status']
  readonly why?: string
  readonly baseline?: Figures
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
