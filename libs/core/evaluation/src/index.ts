export { baselineOf } from './baseline.ts'
export { adjustedRand, pairsOf, pairwiseF1, type Clustered, type Pairs } from './clustering.ts'
export { isEvaluated, totalsOf, type Evaluated, type Scenario, type Totals } from './evaluation.ts'
export type { Expectation, ExpectedGroup, OwnedReason } from './expectation.ts'
export type { Filed, Findings, Found, FoundChange, Input, Judged, WarningEvent } from './found.ts'
export { endedTooSoon, leftOpen, misdiagnosed, missedGroups, spuriousIncidents } from './judge.ts'
export {
  entityOf,
  expectationOfGrouping,
  expectationOfLabel,
  HEALTHY,
  isHealthy,
  parseGrouping,
  parseLabel,
  type ExpectedGrouping,
  type Label,
  type Labelled,
} from './label.ts'
export { fullOwner } from './owners.ts'
export type { Page } from './pages.ts'
export { CHANGE_TOLERANCE_MS, score, type Faults, type Judges, type Scored } from './score.ts'
export { figuresOf, type Figures, type Tally } from './tally.ts'
export { expectationOfTruth, parseTruth, type Truth } from './truth.ts'
